import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Put,
} from '@nestjs/common';
import { Store } from '../store';

@Controller('api/users')
export class UsersController {
  constructor(private readonly store: Store) {}

  @Get()
  list() {
    return this.store.users;
  }

  @Post()
  create(@Body() body: any) {
    if (!body.name || !body.email) throw new BadRequestException('name and email are needed');
    return this.store.add(this.store.users, {
      name: body.name,
      email: body.email,
      role: body.role || 'user',
    });
  }

  @Get(':id')
  get(@Param('id') id: string) {
    const user = this.store.find(this.store.users, id);
    if (!user) throw new NotFoundException('no such user');
    return user;
  }

  @Put(':id')
  update(@Param('id') id: string, @Body() body: any) {
    return Object.assign(this.get(id), body);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id') id: string) {
    if (!this.store.remove(this.store.users, id)) throw new NotFoundException('no such user');
  }
}
