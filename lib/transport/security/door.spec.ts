import { afterEach, describe, expect, it } from '@jest/globals';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { Door } from './door.js';

const sockets: Socket[] = [];
const servers: Server[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function port(connectionsMax: number) {
  const door = new Door(connectionsMax);
  const server = createServer();
  servers.push(server);
  door.watch(server);
  const incoming: Socket[] = [];
  server.on('connection', (socket) => incoming.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const enter = async (): Promise<{ readonly near: Socket; readonly far: Socket }> => {
    const far = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(far);
    far.on('error', () => undefined);
    const [near] = (await once(server, 'connection')) as [Socket];
    return { near, far };
  };
  return { door, enter };
}

describe('Door', () => {
  it('D1: the oldest stranger gives way; nobody else is touched', async () => {
    const { door, enter } = await port(3);
    const [first, second, third] = [await enter(), await enter(), await enter()];
    const gone = once(first.far, 'close');
    const fourth = await enter();
    await gone;
    expect([first, second, third, fourth].map(({ near }) => near.destroyed)).toEqual([true, false, false, false]);
    expect(door.size).toBe(3);
  });

  it('D2: who is trusted stays, however many strangers come; where all are trusted the newcomer is turned away', async () => {
    const { door, enter } = await port(2);
    const peer = await enter();
    door.trust(peer.near);
    for (let i = 0; i < 10; i++) await enter();
    expect(peer.near.destroyed).toBe(false);
    const last = await enter();
    door.trust(last.near);
    const turnedAway = await enter();
    expect([peer, last, turnedAway].map(({ near }) => near.destroyed)).toEqual([false, false, true]);
    expect(door.size).toBe(2);
  });

  it('a connection that ends makes room, trusted or not; clear() ends all', async () => {
    const { door, enter } = await port(2);
    const [one, two] = [await enter(), await enter()];
    door.trust(one.near);
    for (const { near, far } of [one, two]) {
      const gone = once(near, 'close');
      far.destroy();
      await gone;
    }
    expect(door.size).toBe(0);
    const three = await enter();
    const gone = once(three.far, 'close');
    door.clear();
    await gone;
    expect(door.size).toBe(0);
  });
});
