import { NestFactory } from '@nestjs/core';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppModule, CLIENT_SECRET } from './app.module';
import { AppService } from './app.service';

async function freeAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

/** What the command line hears from the node over gRPC, with the secret of clients and without. */
async function overGrpc(address: string): Promise<{ state: unknown; strangerExits: unknown }> {
  const folder = mkdtempSync(join(tmpdir(), 'nest11-host-'));
  const run = (...flags: string[]) =>
    promisify(execFile)(process.execPath, ['node_modules/.bin/raftoral', 'status', '--json', '--address', address, ...flags]);
  try {
    writeFileSync(join(folder, 'secret'), CLIENT_SECRET, { mode: 0o600 });
    const { stdout } = await run('--client-secret-file', join(folder, 'secret'));
    const strangerExits = await run().then(
      () => 0,
      (error: { code: number }) => error.code,
    );
    return { state: JSON.parse(stdout), strangerExits };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function main(): Promise<void> {
  const address = await freeAddress();
  process.env.GRPC_LISTEN = address;
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
  const service = app.get(AppService);
  const answer = await service.greet('Ada');
  const refusal = await service.refusal();
  const grpc = await overGrpc(address);
  const isReached = JSON.stringify(grpc.state).includes(address) && grpc.strangerExits === 4;
  console.log(JSON.stringify({ booted: true, ...answer, ...refusal, isReached }));
  await app.close();
  if (answer.mail !== 'mailed Ada' || refusal.code !== 'WORKFLOW_NOT_FOUND' || !refusal.ours || !isReached) process.exitCode = 1;
}

void main();
