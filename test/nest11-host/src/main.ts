import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
import { AppService } from './app.service';

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
  const result = app.get(AppService).refuse();
  console.log(JSON.stringify({ booted: true, ...result }));
  await app.close();
  if (!result.ours || result.httpStatus !== 404) process.exitCode = 1;
}

void main();
