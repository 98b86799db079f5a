var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** docs/OPERATIONS.md, step by step, in real applications: a damaged log, a node that rejoins empty, and the sole voter who may not. */
import 'reflect-metadata';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import sqlite3 from 'sqlite3';
import { context, InProcessNetwork, RAFTORAL_SETTINGS, RaftoralModule, RaftoralNode, signalRef, Workflow, WorkflowClient, } from '../../lib/index.js';
let Add = class Add {
    async run(number) {
        if (number < 0)
            await context().waitForSignal('over');
        return number + 1;
    }
};
Add = __decorate([
    Workflow('add', 1)
], Add);
const network = new InProcessNetwork();
const folder = mkdtempSync(join(tmpdir(), 'raftoral-rejoin-'));
const apps = new Set();
afterEach(async () => {
    await Promise.all([...apps].map((app) => app.close()));
    apps.clear();
    rmSync(folder, { recursive: true, force: true });
});
async function boot(options, name, rejoinEmpty = false) {
    const storage = { type: 'sqlite', path: join(folder, name), rejoinEmpty };
    class App {
    }
    Module({ imports: [RaftoralModule.forRoot({ ...options, network, storage })], providers: [Add] })(App);
    const app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
    apps.add(app);
    return app;
}
async function close(app) {
    apps.delete(app);
    await app.close();
}
/** One bit of the oldest row of the log. */
async function damage(name) {
    const database = await new Promise((resolve, reject) => {
        const opened = new sqlite3.Database(join(folder, name, 'log.db'), (error) => (error === null ? resolve(opened) : reject(error)));
    });
    const sql = 'UPDATE log SET checksum = checksum + 1 WHERE id = (SELECT min(id) FROM log)';
    await new Promise((resolve, reject) => database.exec(sql, (error) => (error === null ? resolve() : reject(error))));
    await new Promise((resolve) => database.close(() => resolve()));
}
const filesOf = (name) => new Map(['log.db', 'state.db'].map((file) => [file, readFileSync(join(folder, name, file))]));
it('a voter whose log is damaged is refused, rejoins empty under a new id, and replaces its old self', async () => {
    const members = [1, 2, 3];
    const first = await boot({ node: { id: 1 }, cluster: { members } }, 'a');
    const second = await boot({ node: { id: 2 }, cluster: { members } }, 'b');
    const third = await boot({ node: { id: 3 }, cluster: { members } }, 'c');
    const { deployment } = first.get(RAFTORAL_SETTINGS);
    await third.get(WorkflowClient).start(Add, -1, { workflowId: 'open' });
    expect(await first.get(WorkflowClient).execute(Add, 1, { workflowId: 'closed' })).toBe(2);
    await close(third);
    await damage('c');
    const damaged = filesOf('c');
    await expect(boot({ node: { id: 3 }, cluster: { members } }, 'c')).rejects.toMatchObject({
        code: 'STORAGE_DAMAGED',
        message: expect.stringMatching(/log\.db.*group 1.*rejoinEmpty/s),
    });
    await expect(boot({ node: { id: 3 }, cluster: { join: true }, deployment }, 'c', true)).rejects.toMatchObject({ code: 'REJOIN_REFUSED' });
    expect(filesOf('c')).toEqual(damaged);
    const fourth = await boot({ node: { id: 4 }, cluster: { join: true }, deployment }, 'c', true);
    const dropped = readdirSync(join(folder, 'c')).filter((name) => name.endsWith('.db.dropped-1'));
    expect(dropped.sort()).toEqual(['log.db.dropped-1', 'state.db.dropped-1']);
    expect(readFileSync(join(folder, 'c', 'log.db.dropped-1'))).toEqual(damaged.get('log.db'));
    await first.get(RaftoralNode).group.replace(3, 4);
    expect([...first.get(RaftoralNode).group.status().membership.voters].sort()).toEqual([1, 2, 4]);
    expect((await fourth.get(WorkflowClient).list()).items.map(({ workflowId }) => workflowId).sort()).toEqual(['closed', 'open']);
    // It counts: with node 2 gone, nodes 1 and 4 are the majority; and its files are its own from now on.
    await close(second);
    await fourth.get(WorkflowClient).getHandle(Add, 'open').signal(signalRef('over'));
    expect(await fourth.get(WorkflowClient).getHandle(Add, 'open').result()).toBe(0);
    await close(fourth);
    await expect(boot({ node: { id: 3 }, cluster: { members } }, 'c')).rejects.toMatchObject({ code: 'STORAGE_FOREIGN' });
    const again = await boot({ node: { id: 4 }, cluster: { join: true }, deployment }, 'c');
    expect(await again.get(WorkflowClient).getHandle(Add, 'open').result()).toBe(0);
}, 60_000);
it('a sole voter is refused, under its own id and under a new one, and nothing of it is touched', async () => {
    const alone = await boot({ node: { id: 11 }, cluster: { members: [11] } }, 'alone');
    const { deployment } = alone.get(RAFTORAL_SETTINGS);
    expect(await alone.get(WorkflowClient).execute(Add, 1)).toBe(2);
    await close(alone);
    await damage('alone');
    const damaged = filesOf('alone');
    for (const id of [11, 12])
        await expect(boot({ node: { id }, cluster: { join: true }, deployment }, 'alone', true)).rejects.toMatchObject({
            code: 'REJOIN_REFUSED',
        });
    expect(filesOf('alone')).toEqual(damaged);
    expect(existsSync(join(folder, 'alone', 'log.db.dropped-1'))).toBe(false);
});
//# sourceMappingURL=rejoin.spec.js.map