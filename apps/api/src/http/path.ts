import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { parseInt64 } from '#iov';
import { Problem } from '#problems';
import { INT64 } from './integers.js';

/** @throws Problem invalid-request */
export function int64Of(text: string): bigint {
  const value = parseInt64(text);
  if (value !== undefined) return value;
  throw new Problem('invalid-request', `"${text}" is no whole number from 0 to 2^63-1.`);
}

/** PostgreSQL's text cannot hold a null character: no name has one. @throws Problem invalid-request */
export function checkedName(name: string): string {
  if (!name.includes('\0')) return name;
  throw new Problem('invalid-request', 'No name has a null character.');
}

const idPipe: PipeTransform<string, bigint> = { transform: int64Of };
const namePipe: PipeTransform<string, string> = { transform: checkedName };

/** A name in the path. */
export const NameParam = (name: string): ParameterDecorator => Param(name, namePipe);

/** An exact integer in the path. */
export const Int64Param = (name: string): ParameterDecorator => Param(name, idPipe);

/** Describes a parameter of the path: a name, or an exact integer where the example is one. */
export const PathParam = (
  name: string,
  description: string,
  example: string | number,
): MethodDecorator & ClassDecorator =>
  ApiParam({
    name,
    description,
    schema: { ...(typeof example === 'number' ? INT64 : { type: 'string' }), example },
  });
