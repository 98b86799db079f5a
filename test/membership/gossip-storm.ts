/**
 * A random schedule over a group that gossips: nodes die, come back, change their facts, stand still, are slow and are cut off, while messages are lost, late and repeated.
 * At the end all faults are over; whoever is dead then stays dead.
 */
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { GossipWorld } from './gossip-world.js';

const NODES = 9;
const SETTINGS = { exchangeIntervalMs: 5_000 };

export function storm(seed: number): GossipWorld {
  const random = new SeededRandom(seed, 'storm');
  const world = new GossipWorld({
    nodes: NODES,
    seed,
    settings: SETTINGS,
    lossRate: random.pick([0, 0.05, 0.2]),
    duplicationRate: random.pick([0, 0.1]),
    delayMsMax: random.pick([2, 50, 400]),
    isEncoded: true,
    isWatched: true,
  });
  const all = world.nodes.map(({ nodeId }) => nodeId);
  for (let step = 0; step < 40; step++) {
    const nodeId = random.pick(all);
    const node = world.node(nodeId);
    switch (random.int(8)) {
      case 0:
        if (!node.isDead && world.living.length > 2) world.kill(nodeId);
        break;
      case 1:
        if (node.isDead) world.restart(nodeId);
        break;
      case 2:
        world.slowDown(nodeId, random.int(8_000));
        break;
      case 3:
        world.pause(nodeId, random.int(20_000));
        break;
      case 4: {
        const side = random.shuffle(all).slice(0, 1 + random.int(NODES - 1));
        const rest = all.filter((id) => !side.includes(id));
        if (random.chance(0.5)) world.partition(side, rest);
        else world.partitionOneWay(side, rest);
        break;
      }
      case 5:
        world.heal();
        break;
      case 6:
        world.act(nodeId, (swim) => swim.setLoad(world.nowMs, { openWorkflows: random.int(1_000), commandsPerSecond: random.int(50) }));
        break;
      default:
        world.act(nodeId, (swim) => swim.setFacts(world.nowMs, { addresses: [`h${step}:1`], workflowsDigest: random.bytes(8) }));
    }
    world.run(random.int(6_000));
  }
  world.heal();
  world.lossRate = 0;
  for (const node of world.nodes) if (node.isDead && random.chance(0.5)) world.restart(node.nodeId);
  return world;
}
