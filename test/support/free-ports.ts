/**
 * Ports for nodes that must know each other's address before they listen.
 *
 * Asking the system for any port, and closing it again, gives one that the system may give to the next connection of anybody. These lie below the range that it
 * gives away by itself, and each worker of Jest has its own, so that nobody takes one between the moment it was found free and the moment its node listens.
 */
import { createServer } from 'node:net';

/** Below what Linux (32,768), macOS and Windows (49,152) give to connections. */
const FROM = 20_000;
const UNTIL = 32_000;
/** More workers than cores that anyone has. A port belongs to the worker of its remainder. */
const WORKERS_MAX = 64;
const PLACES = Math.floor((UNTIL - FROM) / WORKERS_MAX);

const worker = Number(process.env['JEST_WORKER_ID'] ?? 0) % WORKERS_MAX;
/** Each process begins at a place of its own, and goes round: a port that was just used may still be closing. */
let at = process.pid % PLACES;

/** @returns so many different ports of 127.0.0.1, on which nobody listens. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  for (let tried = 0; tried < PLACES && found.length < count; tried++) {
    at = (at + 1) % PLACES;
    const port = FROM + at * WORKERS_MAX + worker;
    if (await isFree(port)) found.push(port);
  }
  if (found.length < count) throw new Error(`${count} ports are not free between ${FROM} and ${UNTIL}`);
  return found;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
