/**
 * What an operator asks of a node, here as routes of the application itself. `npx raftoral status`, `cluster list`, `cluster drain` and `leave` ask the same
 * from a shell (docs/CLI.md). In production these routes need a guard.
 */
import { Controller, Get, HttpCode, Inject, Param, ParseIntPipe, Post } from '@nestjs/common';
import { RAFTORAL_ADMINISTRATION, type NodeAdministration, type NodeReport, type TopologyReport } from '../../lib/index.js';

export interface FleetAnswer {
  /** This node, and every cluster that it is in. */
  readonly node: Pick<NodeReport, 'nodeId' | 'state' | 'clusters' | 'problems'>;
  /** The whole deployment, as this node knows it. null: it does not know it yet. */
  readonly topology: TopologyReport | null;
}

@Controller('fleet')
export class FleetController {
  constructor(@Inject(RAFTORAL_ADMINISTRATION) private readonly administration: NodeAdministration) {}

  @Get()
  look(): FleetAnswer {
    const { nodeId, state, clusters, problems } = this.administration.status();
    return { node: { nodeId, state, clusters, problems }, topology: this.topology() };
  }

  /** Any node may be told, of any node. It answers at once; that node's places go to others meanwhile. */
  @Post(':nodeId/drain')
  @HttpCode(202)
  async drain(@Param('nodeId', ParseIntPipe) nodeId: number): Promise<{ nodeId: number }> {
    await this.administration.topology.drainNode({ nodeId, isUndone: false });
    return { nodeId };
  }

  /** This node leaves the deployment for good. Once it has answered, the process may end. */
  @Post('leave')
  @HttpCode(200)
  async leave(): Promise<{ nodeId: number }> {
    const { nodeId } = this.administration.status();
    await this.administration.leave();
    return { nodeId };
  }

  private topology(): TopologyReport | null {
    try {
      const report = this.administration.topology.report();
      return report.deployment === '' ? null : report;
    } catch {
      return null; // before the management cluster is founded
    }
  }
}
