import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Put,
  Query,
} from '@nestjs/common';
import { Store } from '../store';
import { CreateNoteDto } from './create-note.dto';

@Controller('api/notes')
export class NotesController {
  constructor(private readonly store: Store) {}

  @Get()
  list(@Query('page') page = '1', @Query('search') search?: string) {
    const found = this.store.notes.filter((note) => !search || note.title.includes(search));
    const first = (Number(page) - 1) * 20;
    return { page: Number(page), items: found.slice(first, first + 20) };
  }

  @Post()
  create(@Body() body: CreateNoteDto) {
    return this.store.add(this.store.notes, {
      title: body.title.trim(),
      body: body.body,
      pinned: body.pinned ?? false,
      ownerId: body.ownerId,
    });
  }

  @Get(':id')
  get(@Param('id') id: string) {
    const note = this.store.find(this.store.notes, id);
    if (!note) throw new NotFoundException('no such note');
    return note;
  }

  @Put(':id')
  update(@Param('id') id: string, @Body() body: any) {
    return Object.assign(this.get(id), body);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id') id: string) {
    if (!this.store.remove(this.store.notes, id)) throw new NotFoundException('no such note');
  }
}
