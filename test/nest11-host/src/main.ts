import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
import { AppService } from './app.service';

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
  const service = app.get(AppService);
  const answer = await service.greet('Ada');
  const refusal = await service.refusal();
  console.log(JSON.stringify({ booted: true, ...answer, ...refusal }));
  await app.close();
  if (answer.mail !== 'mailed Ada' || refusal.code !== 'WORKFLOW_NOT_FOUND' || !refusal.ours) process.exitCode = 1;
}

void main();
