import { GrpcStatus } from './error-status.js';
export class HealthService {
    isServing;
    services;
    limits;
    /** What each watcher was told last. */
    #watchers = new Map();
    #timer = null;
    constructor(isServing, services, limits) {
        this.isServing = isServing;
        this.services = services;
        this.limits = limits;
    }
    get implementation() {
        return {
            check: (call, callback) => {
                const status = this.#statusOf(call.request.service);
                if (status === 'SERVICE_UNKNOWN')
                    callback({ code: GrpcStatus.NOT_FOUND, details: 'no service of this name' });
                else
                    callback(null, { status });
            },
            watch: (call) => this.#watch(call),
            list: (_call, callback) => callback(null, {
                statuses: Object.fromEntries([...this.services].map((service) => [service, { status: this.#statusOf(service) }])),
            }),
        };
    }
    close() {
        if (this.#timer !== null)
            clearInterval(this.#timer);
        this.#timer = null;
        this.#watchers.clear();
    }
    #statusOf(service) {
        if (!this.services.has(service))
            return 'SERVICE_UNKNOWN';
        return this.isServing() ? 'SERVING' : 'NOT_SERVING';
    }
    #watch(call) {
        const { healthWatchersMax, healthLookMs } = this.limits;
        if (this.#watchers.size >= healthWatchersMax) {
            call.emit('error', { code: GrpcStatus.RESOURCE_EXHAUSTED, details: `${healthWatchersMax} watch already: ask by Check` });
            return;
        }
        call.on('cancelled', () => {
            this.#watchers.delete(call);
            if (this.#watchers.size === 0)
                this.close();
        });
        this.#tell(call);
        this.#timer ??= setInterval(() => this.#look(), healthLookMs);
        this.#timer.unref();
    }
    #look() {
        for (const [call, told] of this.#watchers)
            if (told !== this.#statusOf(call.request.service))
                this.#tell(call);
    }
    #tell(call) {
        const status = this.#statusOf(call.request.service);
        this.#watchers.set(call, status);
        call.write({ status });
    }
}
//# sourceMappingURL=health-service.js.map