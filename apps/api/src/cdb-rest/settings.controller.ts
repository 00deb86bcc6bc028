import { Get, Inject } from '@nestjs/common';
import { type Config, publicSettings } from '#config';
import { Problem } from '#problems';
import { CONFIG } from '../config.token.js';
import { NameParam, PathParam } from '../http/path.js';
import { DropIn, DropInAnswers } from './drop-in.js';

@DropIn()
export class CdbSettingsController {
  private readonly settings: ReadonlyMap<string, string>;

  constructor(@Inject(CONFIG) config: Config) {
    this.settings = publicSettings(config, process.env);
  }

  @Get(['user_settings/:name', 'settings/:name'])
  @PathParam('name', 'Name of the setting.', 'CDB_IOV_MODE')
  @DropInAnswers({
    summary: 'Show a setting of the server',
    description: 'Settings that start with `CDB_` and are no secret.',
    is: 'The setting by its name.',
    schema: { type: 'object', additionalProperties: { type: 'string' } },
    example: { CDB_IOV_MODE: 'continuous' },
    problems: ['setting-not-found'],
  })
  get(@NameParam('name') name: string): Record<string, string> {
    const value = this.settings.get(name);
    if (value === undefined) throw new Problem('setting-not-found', `Setting '${name}' not found.`);
    return { [name]: value };
  }

  @Get('timeout')
  @DropInAnswers({
    summary: 'Provoke a time-out',
    description: 'Answers 504 at once: clients try themselves out on it.',
    is: 'Never sent.',
    problems: ['not-in-time'],
  })
  timeout(): never {
    throw new Problem('not-in-time', 'This is the time-out you asked for.');
  }
}
