/**
 * Options of who this node is, whom it belongs to, and how it reaches the others: checked, with defaults.
 *
 * E1. Membership is static (members, or join: the operator gives ids and adds nodes) or comes by itself (bootstrap, bootstrapExpect, seeds): never both.
 * E2. What can not work is refused here, before anything is opened: nobody to ask, a listener that anyone may be a peer of.
 */
import { createHash } from 'node:crypto';
import { RaftoralError } from './errors/index.js';
import { isRecord, readNumber, show, unknownKeys } from './raftoral.option-readers.js';
import { checkListen } from './transport/security/listen-policy.js';
import { parseAddress } from './transport/security/loopback.js';
import { NODE_ID_MAX } from './workflow/command.js';
export const VOTERS_MAX = 7;
const SEEDS_MAX = 64;
const CLUSTER_KEYS = ['members', 'join', 'bootstrap', 'bootstrapExpect', 'seeds', 'votersMax', 'replaces'];
const WAYS = 'cluster.join: true, or, with a transport, cluster.bootstrap, cluster.bootstrapExpect or cluster.seeds';
/** The deployment id that a first membership has by default: the same on every one of its nodes. */
export function defaultDeployment(members) {
    const hex = createHash('sha256')
        .update(`raftoral:${members.join(',')}`)
        .digest('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
export function readCluster(options, problems) {
    const { node, cluster } = options;
    if (!isRecord(cluster)) {
        problems.push(`cluster: expected { members: [ids] }, { join: true } or { seeds: ['host:port'] }, got ${show(cluster)}`);
        readNodeId(node, true, problems);
        return { ...NO_CLUSTER, isStatic: true };
    }
    unknownKeys('cluster.', cluster, CLUSTER_KEYS, problems);
    const { members, join, bootstrap, bootstrapExpect, seeds, replaces } = cluster;
    for (const [name, value] of Object.entries({ join, bootstrap }))
        if (value !== undefined && typeof value !== 'boolean')
            problems.push(`cluster.${name}: expected true or false, got ${show(value)}`);
    const list = readSeeds(seeds, problems);
    const comesByItself = bootstrap !== undefined || bootstrapExpect !== undefined || (seeds !== undefined && members === undefined && join === undefined);
    const isStatic = members !== undefined || join !== undefined || !comesByItself;
    const nodeId = readNodeId(node, isStatic, problems);
    const expect = bootstrapExpect === undefined ? 0 : readNumber('cluster.bootstrapExpect', bootstrapExpect, [0, 1, VOTERS_MAX], problems);
    const common = {
        nodeId,
        isStatic,
        seeds: list,
        bootstrap: bootstrap === true,
        bootstrapExpect: expect,
        votersMax: readNumber('cluster.votersMax', cluster.votersMax, [VOTERS_MAX, 1, VOTERS_MAX], problems),
        replaces: replaces === undefined ? 0 : readNumber('cluster.replaces', replaces, [0, 1, NODE_ID_MAX], problems),
    };
    if (!isStatic) {
        if (bootstrap === true && bootstrapExpect !== undefined)
            problems.push('cluster.bootstrapExpect: with bootstrap: true this node begins alone; give either');
        if (bootstrap !== true && list.length === 0 && (seeds === undefined || Array.isArray(seeds)) && expect !== 1)
            problems.push(`cluster.seeds: expected 'host:port' of other nodes, or cluster.bootstrap: true; got ${show(seeds)}`);
        return { ...common, members: [] };
    }
    for (const [name, value] of Object.entries({ bootstrap, bootstrapExpect, replaces }))
        if (value !== undefined)
            problems.push(`cluster.${name}: the membership is static; give neither members nor join, and the node joins by itself`);
    return { ...common, members: readMembers(options, nodeId, problems) };
}
const NO_CLUSTER = {
    nodeId: 0,
    members: [],
    isStatic: false,
    seeds: [],
    bootstrap: false,
    bootstrapExpect: 0,
    votersMax: VOTERS_MAX,
    replaces: 0,
};
function readNodeId(node, isStatic, problems) {
    if (!isStatic && node === undefined)
        return 0;
    if (!isRecord(node)) {
        problems.push(`node: expected { id }, got ${show(node)}`);
        return 0;
    }
    unknownKeys('node.', node, ['id'], problems);
    const { id } = node;
    if (!isStatic) {
        if (id !== undefined)
            problems.push(`node.id: the cluster gives this node its id; leave it out, or give cluster.members or cluster.join: true (got ${show(id)})`);
        return 0;
    }
    if (isNodeId(id))
        return id;
    problems.push(`node.id: expected a whole number from 1 to ${NODE_ID_MAX}, got ${show(id)}`);
    return 0;
}
function readMembers({ cluster }, nodeId, problems) {
    const { members, join } = cluster;
    if (join === true) {
        if (members !== undefined)
            problems.push('cluster.members: a node that joins is in no first membership; give either members or join: true');
        return [];
    }
    if (!Array.isArray(members) || members.length < 1 || members.length > VOTERS_MAX || !members.every(isNodeId)) {
        problems.push(`cluster.members: expected 1 to ${VOTERS_MAX} node ids, or ${WAYS}; got ${show(members)}`);
        return [];
    }
    const sorted = [...new Set(members)].sort((a, b) => a - b);
    if (sorted.length !== members.length)
        problems.push(`cluster.members: an id stands there twice, got ${show(members)}`);
    if (isNodeId(nodeId) && !sorted.includes(nodeId))
        problems.push(`cluster.members: must name this node (node.id ${nodeId}), or give cluster.join: true; got ${show(members)}`);
    return sorted;
}
function readSeeds(seeds, problems) {
    if (seeds === undefined)
        return [];
    if (!Array.isArray(seeds) || seeds.length > SEEDS_MAX) {
        problems.push(`cluster.seeds: expected a list of at most ${SEEDS_MAX} times 'host:port', got ${show(seeds)}`);
        return [];
    }
    for (const seed of seeds) {
        const problem = addressProblem(seed, false);
        if (problem !== null)
            problems.push(`cluster.seeds: ${problem}`);
    }
    return seeds.every((seed) => typeof seed === 'string') ? [...new Set(seeds)] : [];
}
export function readDeployment(options, cluster, problems) {
    const { deployment } = options;
    if (deployment === undefined) {
        if (!cluster.isStatic)
            return '';
        if (isRecord(options.cluster) && options.cluster.join === true && cluster.members.length === 0)
            problems.push('deployment: a node that joins must be given the deployment of the cluster that it joins');
        return defaultDeployment(cluster.members);
    }
    if (typeof deployment === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(deployment))
        return deployment;
    problems.push(`deployment: expected a UUID in lower case, got ${show(deployment)}`);
    return '';
}
export function readTransport(options, cluster, problems) {
    const transport = options.transport;
    if (transport === undefined)
        return null;
    if (!isRecord(transport) || (transport['type'] !== 'grpc' && transport['type'] !== 'http')) {
        problems.push(`transport.type: expected 'grpc' or 'http', got ${show(isRecord(transport) ? transport['type'] : transport)}`);
        return null;
    }
    if (options.network !== undefined)
        problems.push('network: a transport is given; give either');
    const { type, listen, advertise } = transport;
    unknownKeys('transport.', transport, ['type', 'listen', 'advertise', ...(type === 'grpc' ? ['reflection'] : ['path', 'cors'])], problems);
    if (listen !== undefined || type === 'grpc')
        pushProblem(problems, 'transport.listen', addressProblem(listen, true));
    if (advertise !== undefined || (type === 'http' && listen === undefined))
        pushProblem(problems, 'transport.advertise', addressProblem(advertise, false));
    // Without an address of its own, HTTP stands on the application's server, which anyone may reach.
    if (typeof listen === 'string' || type === 'http')
        checkSecurity(options, typeof listen === 'string' ? listen : null, problems);
    if (cluster.isStatic && cluster.members.length !== 1 && cluster.seeds.length === 0)
        problems.push("cluster.seeds: expected 'host:port' of other nodes, by which they find each other; got nothing");
    const common = { listen: typeof listen === 'string' ? listen : null, advertise: typeof advertise === 'string' ? advertise : null };
    if (type === 'grpc') {
        const { reflection } = transport;
        if (reflection !== undefined && typeof reflection !== 'boolean')
            problems.push(`transport.reflection: expected true or false, got ${show(reflection)}`);
        return { type, ...common, listen: common.listen ?? '', reflection: reflection === true };
    }
    const { path = '/raftoral', cors = false } = transport;
    if (typeof path !== 'string' || !/^(\/[A-Za-z0-9._~-]+)+$/.test(path))
        problems.push(`transport.path: expected a path such as /raftoral, got ${show(path)}`);
    const isList = Array.isArray(cors) && cors.every((origin) => typeof origin === 'string' && /^https?:\/\/[^/\s]+$/.test(origin));
    if (typeof cors !== 'boolean' && !isList)
        problems.push(`transport.cors: expected true, false or a list of origins, got ${show(cors)}`);
    return { type: 'http', ...common, path: String(path), cors: cors };
}
export function readSecurity(options, problems) {
    const security = options.security ?? {};
    if (!isRecord(security)) {
        problems.push(`security: expected an object, got ${show(security)}`);
        return { peerSecret: null, clientSecret: null, tls: null, insecure: false };
    }
    unknownKeys('security.', security, ['peerSecret', 'clientSecret', 'tls', 'insecure'], problems);
    const { peerSecret, clientSecret, tls, insecure } = security;
    for (const [name, secret] of Object.entries({ peerSecret, clientSecret })) {
        const isFile = isRecord(secret) && typeof secret['file'] === 'string' && Object.keys(secret).length === 1;
        // Never shown: it may be the secret.
        if (secret !== undefined && typeof secret !== 'string' && !isFile)
            problems.push(`security.${name}: expected a text of 16 bytes or more, or { file }, got ${typeof secret}`);
    }
    if (insecure !== undefined && typeof insecure !== 'boolean')
        problems.push(`security.insecure: expected true or false, got ${show(insecure)}`);
    const given = options.security ?? {};
    return {
        peerSecret: given.peerSecret ?? null,
        clientSecret: given.clientSecret ?? null,
        tls: readTls(tls, problems),
        insecure: insecure === true,
    };
}
function readTls(tls, problems) {
    if (tls === undefined)
        return null;
    if (!isRecord(tls)) {
        problems.push(`security.tls: expected { cert, key, ca }, got ${show(tls)}`);
        return null;
    }
    unknownKeys('security.tls.', tls, ['cert', 'key', 'ca', 'clientCa', 'serverName'], problems);
    for (const name of ['cert', 'key', 'ca', 'clientCa', 'serverName']) {
        const value = tls[name];
        const isNeeded = name === 'cert' || name === 'key' || name === 'ca';
        if ((isNeeded || value !== undefined) && (typeof value !== 'string' || value === ''))
            problems.push(`security.tls.${name}: expected ${name === 'serverName' ? 'a host name' : 'the path of a PEM file'}, got ${show(value)}`);
    }
    return tls;
}
/** A listener that anyone may be a peer of. */
function checkSecurity({ security }, listen, problems) {
    const given = isRecord(security) ? security : {};
    try {
        checkListen({
            listen,
            hasPeerSecret: given.peerSecret !== undefined,
            hasTls: given.tls !== undefined,
            insecure: given.insecure === true,
        });
    }
    catch (error) {
        // An address that is none was told of before.
        if (error instanceof RaftoralError && error.details['option'] === undefined)
            problems.push(`transport.listen: ${error.message}`);
    }
}
function addressProblem(address, mayBeAnyPort) {
    if (typeof address !== 'string')
        return `expected 'host:port', got ${show(address)}`;
    try {
        const { port } = parseAddress(address, 'address');
        return port === 0 && !mayBeAnyPort ? `expected a port that others can call, got ${show(address)}` : null;
    }
    catch {
        return `expected 'host:port', got ${show(address)}`;
    }
}
function pushProblem(problems, option, problem) {
    if (problem !== null)
        problems.push(`${option}: ${problem}`);
}
function isNodeId(value) {
    return Number.isSafeInteger(value) && value >= 1 && value <= NODE_ID_MAX;
}
//# sourceMappingURL=raftoral.network-options.js.map