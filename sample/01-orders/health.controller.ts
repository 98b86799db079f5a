/** GET /health: is this node alive, and ready for work? */
import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { RaftoralHealthIndicator } from '../../lib/index.js';

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly raftoral: RaftoralHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([() => this.raftoral.isAlive('alive'), () => this.raftoral.isReady('ready')]);
  }
}
