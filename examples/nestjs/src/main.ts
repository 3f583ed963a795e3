import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { rawBody: true });
  app.enableCors({ origin: true, credentials: true });
  app.useBodyParser('json', { limit: '10mb' });
  app.useStaticAssets('public');
  await app.listen(process.env.PORT ?? 3000);
}
bootstrap();
