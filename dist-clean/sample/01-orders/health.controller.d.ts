import { HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { RaftoralHealthIndicator } from '../../lib/index.js';
export declare class HealthController {
    private readonly health;
    private readonly raftoral;
    constructor(health: HealthCheckService, raftoral: RaftoralHealthIndicator);
    check(): Promise<HealthCheckResult>;
}
