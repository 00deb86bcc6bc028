import { applyDecorators, Controller, UsePipes } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { strictValidation } from './validation.js';

/** A controller of the native API, listed under a heading of the documentation. */
export function Native(heading: string, path: string): ClassDecorator {
  return applyDecorators(ApiTags(heading), Controller(path), UsePipes(strictValidation));
}
