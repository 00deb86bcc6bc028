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
  @DropInAnswers('Show a setting of the server', { CDB_IOV_MODE: 'continuous' })
  get(@NameParam('name') name: string): Record<string, string> {
    const value = this.settings.get(name);
    if (value === undefined) throw new Problem('setting-not-found', `Setting '${name}' not found.`);
    return { [name]: value };
  }

  @Get('timeout')
  @DropInAnswers('Provoke a time-out: answers 504 at once')
  timeout(): never {
    throw new Problem('not-in-time', 'This is the time-out you asked for.');
  }
}
