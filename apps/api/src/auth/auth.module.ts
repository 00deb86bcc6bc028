import { type DynamicModule, Module } from '@nestjs/common';
import { type Access } from './access.js';
import { Permissions } from './permissions.js';
import { WhoamiController } from './whoami.controller.js';

/** Who asks, and what they may do. Routes are guarded before Nest sees a request: `guard-routes.ts`. */
@Module({ controllers: [WhoamiController] })
export class AuthModule {
  static with(access: Access): DynamicModule {
    return {
      module: AuthModule,
      global: true,
      providers: [{ provide: Permissions, useValue: access.permissions }],
      exports: [Permissions],
    };
  }
}
