/**
 * Hosts of a network of its own: one network namespace each, joined by a bridge in one more. Owns them; nothing of it is in the machine's own
 * network.
 *
 * B1. A cut is a rule of the receiving host's own packet filter: what was in flight before it arrives, nothing after it does, and nobody is told.
 */
import { spawnSync } from 'node:child_process';
import { run } from './machine.js';
const NETWORK = '10.97.0.';
export class Namespaces {
    hosts;
    names;
    cuts = new Set();
    constructor(machine, count) {
        const prefix = `raftoral-${process.pid}-`;
        const bridge = `${prefix}bridge`;
        this.names = Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
        this.hosts = this.names.map((_, index) => `${NETWORK}${index + 1}`);
        sweep();
        for (const name of [bridge, ...this.names]) {
            run('ip', 'netns', 'add', name);
            machine.onRelease(() => run('ip', 'netns', 'delete', name));
            inside(name, 'ip', 'link', 'set', 'lo', 'up');
        }
        inside(bridge, 'ip', 'link', 'add', 'switch', 'type', 'bridge');
        inside(bridge, 'ip', 'link', 'set', 'switch', 'up');
        this.names.forEach((name, index) => {
            const port = `port${index + 1}`;
            inside(bridge, 'ip', 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
            inside(bridge, 'ip', 'link', 'set', port, 'master', 'switch', 'up');
            inside(name, 'ip', 'address', 'add', `${this.hosts[index]}/24`, 'dev', 'eth0');
            inside(name, 'ip', 'link', 'set', 'eth0', 'up');
        });
    }
    /** Put before a command, it runs on that host. */
    wrapper(index) {
        return ['ip', 'netns', 'exec', this.names[index]];
    }
    /** From now on nothing that `from` sends reaches `to`. */
    cut(from, to) {
        const key = `${from} ${to}`;
        if (this.cuts.has(key))
            return;
        this.cuts.add(key);
        inside(this.names[to], 'iptables', '-A', 'INPUT', '-s', this.hosts[from], '-j', 'DROP');
    }
    heal() {
        for (const key of this.cuts)
            inside(this.names[Number(key.split(' ')[1])], 'iptables', '-F', 'INPUT');
        this.cuts.clear();
    }
}
/** Why namespaces can not be had here; null if they can. */
export function namespacesMissing() {
    for (const tool of ['ip', 'iptables'])
        if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0)
            return `not installed: ${tool} (Debian: iproute2 iptables)`;
    return null;
}
function inside(name, ...command) {
    run('ip', 'netns', 'exec', name, ...command);
}
/** Of runs whose process is gone. */
function sweep() {
    for (const name of run('ip', 'netns', 'list')
        .split('\n')
        .map((line) => line.split(' ')[0])) {
        const pid = /^raftoral-(\d+)-/.exec(name)?.[1];
        if (pid !== undefined && spawnSync('kill', ['-0', pid]).status !== 0)
            run('ip', 'netns', 'delete', name);
    }
}
//# sourceMappingURL=namespaces.js.map