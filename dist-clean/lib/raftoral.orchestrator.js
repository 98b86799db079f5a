export class RaftoralOrchestrator {
    explorer;
    node;
    transport;
    control;
    constructor(explorer, node, transport, control) {
        this.explorer = explorer;
        this.node = node;
        this.transport = transport;
        this.control = control;
    }
    async onModuleInit() {
        await this.explorer.prepare();
    }
    async onApplicationBootstrap() {
        try {
            this.transport?.serve(this.control);
            await this.node.start();
        }
        catch (error) {
            this.transport?.close();
            throw error;
        }
    }
    async beforeApplicationShutdown() {
        await this.node.stop();
        this.transport?.close();
    }
}
//# sourceMappingURL=raftoral.orchestrator.js.map