/** The module over real sockets: on the application's own server, with certificates, with a static membership, and back from damaged files. */
import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { isRaftoralError, type RaftoralModuleOptions } from '../../lib/index.js';
import { GrpcControlClient } from '../../lib/transport/grpc/grpc-control-client.js';
import { HttpControlClient } from '../../lib/transport/http/http-control-client.js';
import { freePorts } from '../support/cluster-processes.js';
import { CountWords, NetworkApps, WORD, clientOf, createAuthority, nodeOf, untilVoters, type Framework } from '../support/network-apps.js';

let apps: NetworkApps;
beforeEach(() => {
  apps = new NetworkApps();
});
afterEach(async () => {
  await apps.close();
});

const PEERS = 'a secret that the peers share';
const CLIENTS = 'a-secret-that-the-clients-have';

/** A run that is started on one node, hears of the second, and is waited for on the last. */
async function runAcross(all: readonly INestApplicationContext[], workflowId: string): Promise<void> {
  await clientOf(all[0]!).start(CountWords, 1, { workflowId });
  await clientOf(all[1 % all.length]!)
    .getHandle(CountWords, workflowId)
    .signal(WORD);
  expect(await clientOf(all.at(-1)!).getHandle(CountWords, workflowId).result()).toBe(1);
}

describe.each(['express', 'fastify'] as const)("HTTP on the application's own server: %s", (framework: Framework) => {
  it('nodes meet there, runs go across, the application keeps its routes, and strangers get nowhere', async () => {
    const ports = await freePorts(3);
    const options = (i: number, more: RaftoralModuleOptions['cluster']): RaftoralModuleOptions => ({
      cluster: more,
      transport: { type: 'http', advertise: `127.0.0.1:${ports[i]}` },
      security: { peerSecret: PEERS, clientSecret: CLIENTS },
    });
    const seeds = [`127.0.0.1:${ports[0]}`];
    const first = await apps.serve(framework, ports[0]!, options(0, { bootstrap: true }));
    const second = await apps.serve(framework, ports[1]!, options(1, { seeds }));
    await untilVoters([first, second]);
    await runAcross([first, second], 'w1');

    expect(await (await fetch(`http://127.0.0.1:${ports[0]}/orders`)).json()).toEqual(['lamp']);
    expect((await fetch(`http://127.0.0.1:${ports[0]}/raftoral/health`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${ports[0]}/raftoral/v1/status`)).status).toBe(401);
    const client = new HttpControlClient({ address: seeds[0]!, authorize: () => `Bearer ${CLIENTS}` });
    expect(await client.call('workflow.describe', { workflowId: 'w1' })).toMatchObject({ status: 'completed' });
    await client.close();

    const strange = options(2, { seeds });
    const stranger = await apps.serve(framework, ports[2]!, { ...strange, security: { peerSecret: 'the secret of somebody else' } });
    while (nodeOf(stranger).nodeStatus().failure === null) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(nodeOf(stranger).nodeStatus().failure).toMatch(/refuse|secret/);
    expect(nodeOf(first).group.membership.learners).toEqual([]);
    await apps.stop(first); // closes although its peers poll it
  }, 120_000);
});

describe.each(['grpc', 'http'] as const)('certificates instead of secrets: %s', (type) => {
  it('nodes of one authority form a cluster, clients of theirs are let in, and neither opens the door of the other', async () => {
    const [peers, clients, strangers] = [createAuthority('peers'), createAuthority('clients'), createAuthority('strangers')];
    const ports = await freePorts(3);
    const clientFiles = apps.certificateFiles('client', clients, peers.cert);
    const options = (i: number, cluster: RaftoralModuleOptions['cluster'], authority = peers): RaftoralModuleOptions => ({
      cluster,
      transport: { type, listen: `127.0.0.1:${ports[i]}` },
      security: {
        // Who is of another authority trusts that one too, or would refuse its own certificate.
        tls: {
          ...apps.certificateFiles(`n${i}`, authority, authority === peers ? peers.cert : authority.cert + peers.cert),
          ...(authority === peers ? { clientCa: join(apps.folder, 'clients.ca') } : {}),
        },
      },
    });
    apps.certificateFiles('clients', clients); // writes clients.ca
    const seeds = [`127.0.0.1:${ports[0]}`];
    const first = await apps.boot(options(0, { bootstrap: true }));
    const second = await apps.boot(options(1, { seeds }));
    await untilVoters([first, second]);
    await runAcross([first, second], 'w1');

    const Client = type === 'grpc' ? GrpcControlClient : HttpControlClient;
    const ask = async (files: { readonly cert: string; readonly key: string } | null): Promise<unknown> => {
      const own = files === null ? {} : { cert: readFileSync(files.cert), key: readFileSync(files.key) };
      const client = new Client({ address: seeds[0]!, tls: { ca: Buffer.from(peers.cert), ...own } });
      try {
        return await client.call('workflow.describe', { workflowId: 'w1' });
      } finally {
        await client.close();
      }
    };
    expect(await ask(clientFiles)).toMatchObject({ status: 'completed' });
    await expect(ask(null)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(ask(apps.certificateFiles('peer-as-client', peers))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });

    // A client that poses as a node, and a node of another authority.
    for (const authority of [clients, strangers])
      await expect(apps.boot(options(2, { seeds }, authority))).rejects.toMatchObject({ code: 'JOIN_REFUSED' });
    expect(nodeOf(first).group.membership).toMatchObject({ learners: [] });
  }, 120_000);
});

describe.each(['grpc', 'http'] as const)('a static membership over %s', (type) => {
  it('three nodes of given ids find each other by seeds, and a fourth is added by the operator', async () => {
    const ports = await freePorts(4);
    const seeds = ports.slice(0, 3).map((port) => `127.0.0.1:${port}`);
    const options = (id: number): RaftoralModuleOptions => ({
      node: { id },
      cluster: { members: [1, 2, 3], seeds },
      transport: { type, listen: `127.0.0.1:${ports[id - 1]}` },
      security: { peerSecret: PEERS },
    });
    const three = await Promise.all([1, 2, 3].map((id) => apps.boot(options(id))));
    await untilVoters(three);
    await runAcross(three, 'w1');
    const { deployment } = nodeOf(three[0]!);
    const fourth = await apps.boot({ ...options(4), cluster: { join: true, seeds }, deployment });
    const leader = three.find((app) => nodeOf(app).group.leaderId === nodeOf(app).nodeId)!;
    await nodeOf(leader).group.addLearner(4);
    for (;;)
      try {
        await nodeOf(leader).group.promote(4);
        break;
      } catch (error) {
        if (!isRaftoralError(error, 'MEMBERSHIP_REFUSED')) throw error; // it has not caught up yet
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    await untilVoters([...three, fourth]);
    await runAcross([fourth, ...three], 'w2');
  }, 120_000);
});

describe.each(['grpc', 'http'] as const)('rejoinEmpty by joining over %s', (type) => {
  it('a node whose log is damaged comes back under a new id by itself, and takes the place of its old self', async () => {
    const ports = await freePorts(3);
    const options = (i: number, cluster: RaftoralModuleOptions['cluster'], rejoinEmpty = false): RaftoralModuleOptions => ({
      cluster,
      transport: { type, listen: `127.0.0.1:${ports[i]}` },
      security: { peerSecret: PEERS },
      storage: { type: 'sqlite', path: join(apps.folder, `n${i}`), rejoinEmpty },
    });
    const seeds = [`127.0.0.1:${ports[0]}`, `127.0.0.1:${ports[1]}`];
    const first = await apps.boot(options(0, { bootstrap: true }));
    const second = await apps.boot(options(1, { seeds }));
    const third = await apps.boot(options(2, { seeds }));
    await untilVoters([first, second, third]);
    const lost = nodeOf(third).nodeId;
    await clientOf(third).start(CountWords, 1, { workflowId: 'open' });
    await apps.stop(third);
    await damage(join(apps.folder, 'n2'));
    await expect(apps.boot(options(2, { seeds }))).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' });

    const again = await apps.boot(options(2, { seeds, replaces: lost }, true));
    expect(nodeOf(again).nodeId).toBeGreaterThan(lost);
    expect(
      readdirSync(join(apps.folder, 'n2'))
        .filter((name) => name.endsWith('.db.dropped-1'))
        .sort(),
    ).toEqual(['log.db.dropped-1', 'state.db.dropped-1']);
    await untilVoters([first, second, again]);
    expect(nodeOf(first).group.membership.voters).not.toContain(lost);
    await clientOf(again).getHandle(CountWords, 'open').signal(WORD);
    expect(await clientOf(again).getHandle(CountWords, 'open').result()).toBe(1);

    // With the option still there, its files are its own now.
    const id = nodeOf(again).nodeId;
    await apps.stop(again);
    const restarted = await apps.boot(options(2, { seeds, replaces: lost }, true));
    expect(nodeOf(restarted).nodeId).toBe(id);
    expect(await clientOf(restarted).getHandle(CountWords, 'open').result()).toBe(1);
  }, 120_000);
});

/** One bit of the oldest row of the log. */
async function damage(folder: string): Promise<void> {
  const database = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(join(folder, 'log.db'), (error) => (error === null ? resolve(opened) : reject(error)));
  });
  const sql = 'UPDATE log SET checksum = checksum + 1 WHERE id = (SELECT min(id) FROM log)';
  await new Promise<void>((resolve, reject) => database.exec(sql, (error) => (error === null ? resolve() : reject(error))));
  await new Promise<void>((resolve) => database.close(() => resolve()));
}
