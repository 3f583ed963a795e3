import 'reflect-metadata';
import { Body, Controller, Get, Header, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SecurityModule, secure } from '../../src/security/index.js';

/** A small application as its owner writes it: the one that the printed sample policy speaks of. */
@Controller()
class Pages {
  @Get('health') health() {
    return { status: 'ok' };
  }

  @Get('open') @Header('Content-Type', 'text/html') open() {
    return '<p>open</p>';
  }

  @Get('items/:id') item(@Param('id') id: string) {
    return { id };
  }

  @Post('items') create(@Body() body: unknown) {
    return body;
  }

  @Get('admin') admin() {
    return { secret: 42 };
  }
}

@Module({ imports: [SecurityModule], controllers: [Pages] })
class AppModule {}

async function bootstrap() {
  const app = await NestFactory.create(AppModule, { logger: false });
  secure(app);
  await app.listen(3000);
}
void bootstrap();
