import { createHmac } from 'node:crypto';
import { Controller, Headers, HttpCode, Post, Req, UnauthorizedException } from '@nestjs/common';
import type { RawBodyRequest } from '@nestjs/common';
import type { Request } from 'express';
import { Store } from '../store';

const secret = process.env.WEBHOOK_SECRET || 'whsec_4f9a27c1d05e';

@Controller('hooks')
export class HooksController {
  constructor(private readonly store: Store) {}

  @Post('payments')
  @HttpCode(200)
  payment(@Req() req: RawBodyRequest<Request>, @Headers('x-signature') signature?: string) {
    const body = req.rawBody ?? Buffer.alloc(0);
    const expected = createHmac('sha256', secret).update(body).digest('hex');
    if (signature !== expected) throw new UnauthorizedException('bad signature');
    this.store.payments.push(JSON.parse(body.toString()));
    return { received: true };
  }
}
