/**
 * The processes, each what `node.ts` makes of it. Owns them, their folders and the warehouse; after close() all of it is gone.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WarehouseServer } from '../02-three-processes/warehouse-server.js';
import type { NodeSettings } from './node-settings.js';

const STOP_WITHIN_MS = 15_000;
const SEEDS = 3;
const LINES_KEPT = 30;

export interface FleetNode {
  readonly name: number;
  readonly url: string;
}

interface Seat extends FleetNode {
  readonly listen: string;
  readonly process: ChildProcess;
  /** The end of what it wrote. */
  readonly lines: string[];
  /** Orders may be brought to it. */
  isOpen: boolean;
  /** Its end was meant. */
  isOver: boolean;
}

export class Fleet {
  private readonly server = new WarehouseServer();
  private readonly folder = mkdtempSync(join(tmpdir(), 'raftoral-scale-out-'));
  private readonly seats: Seat[] = [];
  private warehouseUrl = '';

  get warehouse(): WarehouseServer['warehouse'] {
    return this.server.warehouse;
  }

  /** Those that run. */
  get nodes(): readonly FleetNode[] {
    return this.seats.filter(({ isOver }) => !isOver);
  }

  /** Those to which orders may be brought: what a load balancer knows. */
  get openNodes(): readonly FleetNode[] {
    return this.seats.filter(({ isOpen }) => isOpen);
  }

  /** Starts so many more at once. Resolves when all are ready. */
  async add(count: number): Promise<void> {
    if (this.warehouseUrl === '') this.warehouseUrl = await this.server.listen();
    const ports = await freePorts(2 * count);
    const seeds = this.seats.slice(0, SEEDS).map(({ listen }) => listen);
    await Promise.all(Array.from({ length: count }, (_, i) => this.start(seeds, ports[2 * i]!, ports[2 * i + 1]!)));
  }

  /** No orders go there any more. */
  shut(name: number): void {
    this.seat(name).isOpen = false;
  }

  /** Ends a process in good order. */
  async stop(name: number): Promise<void> {
    await this.end(this.seat(name));
  }

  /** As `kill -9`. Orders are brought to it as before: nobody has told the clients. */
  kill(name: number): void {
    const seat = this.seat(name);
    seat.isOver = true;
    seat.process.kill('SIGKILL');
  }

  /** Throws if a process has ended that was to run. */
  check(): void {
    for (const { name, process, isOver, lines } of this.seats)
      if (!isOver && hasEnded(process)) throw new Error(`process ${name} has ended by itself; its last words:\n${lines.join('\n')}`);
  }

  /** What the processes complained of last. */
  lastWords(): string[] {
    return this.seats.flatMap(({ name, lines }) => lines.map((line) => `[process ${name}] ${line}`));
  }

  /** Ends the processes in good order, and removes their folders. */
  async close(): Promise<void> {
    await Promise.all(this.seats.map((seat) => this.end(seat)));
    this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async start(seeds: readonly string[], port: number, httpPort: number): Promise<void> {
    const name = this.seats.length + 1;
    const listen = `127.0.0.1:${port}`;
    const settings: NodeSettings = {
      name,
      listen,
      seeds,
      httpPort,
      storagePath: join(this.folder, `node-${name}`),
      peerSecret: 'a secret that all nodes share',
      warehouseUrl: this.warehouseUrl,
    };
    const process = fork(fileURLToPath(import.meta.resolve('./node.js')), [JSON.stringify(settings)], { silent: true });
    const seat: Seat = { name, listen, url: `http://127.0.0.1:${httpPort}`, process, lines: [], isOpen: false, isOver: false };
    this.seats.push(seat);
    const keep = (chunk: Buffer): void => {
      seat.lines.push(...String(chunk).trimEnd().split('\n'));
      seat.lines.splice(0, seat.lines.length - LINES_KEPT);
    };
    process.stdout!.on('data', keep);
    process.stderr!.on('data', keep);
    await new Promise<void>((resolve, reject) => {
      process.once('message', () => resolve());
      process.once('exit', (code, signal) =>
        reject(new Error(`process ${name} ended (${signal ?? `code ${code}`}):\n${seat.lines.join('\n')}`)),
      );
    });
    seat.isOpen = true;
  }

  private async end(seat: Seat): Promise<void> {
    const { process } = seat;
    seat.isOpen = false;
    seat.isOver = true;
    if (hasEnded(process)) return;
    const ended = new Promise<void>((resolve) => void process.once('exit', () => resolve()));
    process.kill('SIGTERM');
    const timer = setTimeout(() => process.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  }

  private seat(name: number): Seat {
    const seat = this.seats.find((one) => one.name === name);
    if (seat === undefined) throw new Error(`there is no process ${name}`);
    return seat;
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', resolve);
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => void server.close(resolve))));
  return ports;
}
