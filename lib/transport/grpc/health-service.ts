/**
 * The standard health service (grpc.health.v1): open to everybody, so that a load balancer needs no secret.
 *
 * H1. It tells whether this node serves, under '' and under the name of every service of the package, and nothing else.
 * H2. Watchers are bounded, and looked after by one timer that runs only while there are some.
 * Source: gRPC Health Checking Protocol. Tests: grpc-carrier.spec.ts.
 */
import type { ServerUnaryCall, ServerWritableStream, UntypedServiceImplementation, sendUnaryData } from '@grpc/grpc-js';
import { GrpcStatus } from './error-status.js';
import type { GrpcLimits } from './limits.js';

type Status = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';
interface HealthRequest {
  readonly service: string;
}
interface HealthAnswer {
  readonly status: Status;
}
type WatchCall = ServerWritableStream<HealthRequest, HealthAnswer>;

export class HealthService {
  /** What each watcher was told last. */
  readonly #watchers = new Map<WatchCall, Status>();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly isServing: () => boolean,
    private readonly services: ReadonlySet<string>,
    private readonly limits: GrpcLimits,
  ) {}

  get implementation(): UntypedServiceImplementation {
    return {
      check: (call: ServerUnaryCall<HealthRequest, HealthAnswer>, callback: sendUnaryData<HealthAnswer>) => {
        const status = this.#statusOf(call.request.service);
        if (status === 'SERVICE_UNKNOWN') callback({ code: GrpcStatus.NOT_FOUND, details: 'no service of this name' });
        else callback(null, { status });
      },
      watch: (call: WatchCall) => this.#watch(call),
      list: (_call: unknown, callback: sendUnaryData<{ readonly statuses: Readonly<Record<string, HealthAnswer>> }>) =>
        callback(null, {
          statuses: Object.fromEntries([...this.services].map((service) => [service, { status: this.#statusOf(service) }])),
        }),
    };
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#watchers.clear();
  }

  #statusOf(service: string): Status {
    if (!this.services.has(service)) return 'SERVICE_UNKNOWN';
    return this.isServing() ? 'SERVING' : 'NOT_SERVING';
  }

  #watch(call: WatchCall): void {
    const { healthWatchersMax, healthLookMs } = this.limits;
    if (this.#watchers.size >= healthWatchersMax) {
      call.emit('error', { code: GrpcStatus.RESOURCE_EXHAUSTED, details: `${healthWatchersMax} watch already: ask by Check` });
      return;
    }
    call.on('cancelled', () => {
      this.#watchers.delete(call);
      if (this.#watchers.size === 0) this.close();
    });
    this.#tell(call);
    this.#timer ??= setInterval(() => this.#look(), healthLookMs);
    this.#timer.unref();
  }

  #look(): void {
    for (const [call, told] of this.#watchers) if (told !== this.#statusOf(call.request.service)) this.#tell(call);
  }

  #tell(call: WatchCall): void {
    const status = this.#statusOf(call.request.service);
    this.#watchers.set(call, status);
    call.write({ status });
  }
}
