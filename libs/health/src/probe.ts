import {
  applyDecorators,
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  ServiceUnavailableException,
  UseFilters,
} from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { HealthCheck } from '@nestjs/terminus';
import { type FastifyReply } from 'fastify';
import { HealthReport } from './health-report.dto.js';

interface ProbeDescription {
  /** What it asks. */
  summary: string;
  description: string;
  /** What 200 means. */
  yes: string;
  /** What 503 means. */
  no: string;
}

/** A route that answers with a report: 200 if every check passed, else 503. */
export function Probe({ summary, description, yes, no }: ProbeDescription): MethodDecorator {
  return applyDecorators(
    HealthCheck({ noCache: true, swaggerDocumentation: false }),
    UseFilters(FailedProbe),
    ApiOperation({ summary, description }),
    ApiResponse({ status: 200, description: yes, type: HealthReport }),
    ApiResponse({ status: 503, description: no, type: HealthReport }),
  );
}

/** Terminus throws the report of a failed probe; it is the answer, not a problem. */
@Catch(ServiceUnavailableException)
class FailedProbe implements ExceptionFilter<ServiceUnavailableException> {
  catch(failed: ServiceUnavailableException, host: ArgumentsHost): void {
    void host.switchToHttp().getResponse<FastifyReply>().code(503).send(failed.getResponse());
  }
}
