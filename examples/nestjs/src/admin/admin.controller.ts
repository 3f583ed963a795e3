import { Controller, Delete, Get } from '@nestjs/common';
import { Store } from '../store';

@Controller('api/admin')
export class AdminController {
  constructor(private readonly store: Store) {}

  @Get('stats')
  stats() {
    const { users, notes, payments } = this.store;
    return { users: users.length, notes: notes.length, payments: payments.length };
  }

  @Delete('notes')
  removeNotes() {
    return { removed: this.store.notes.splice(0).length };
  }
}
