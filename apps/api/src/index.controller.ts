import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type Config } from '#config';
import { VERSION } from '#observability';
import { CONFIG } from './config.token.js';

/** Where to go from here. */
const INDEX = {
  service: 'Tempora, a conditions database',
  version: VERSION,
  documentation: '/api/docs',
  openapi: '/api/openapi.json',
  native_api: '/api/v1/global-tags',
  drop_in_api: '/api/cdb_rest/globalTags',
  health: '/health/ready',
};

/** The addresses that `npm start` prints lead somewhere: people to the documentation, programs to an index. */
@ApiExcludeController()
@Controller()
export class IndexController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Get(['/', 'api', 'api/v1', 'api/cdb_rest'])
  index(@Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): void {
    void reply.header('vary', 'Accept');
    if (accept?.includes('text/html') === true) void reply.redirect(INDEX.documentation, 302);
    else void reply.send({ ...INDEX, iov_mode: this.config.iovMode });
  }
}
