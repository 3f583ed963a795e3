import { Module } from '@nestjs/common';
import { AdminController } from './admin/admin.controller';
import { HealthController } from './health.controller';
import { HooksController } from './hooks/hooks.controller';
import { NotesController } from './notes/notes.controller';
import { Store } from './store';
import { UploadsController } from './uploads/uploads.controller';
import { UsersController } from './users/users.controller';

@Module({
  controllers: [
    HealthController,
    UsersController,
    NotesController,
    AdminController,
    UploadsController,
    HooksController,
  ],
  providers: [Store],
})
export class AppModule {}
