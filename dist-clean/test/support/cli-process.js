var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/**
 * A program of a test: runs command lines in one process, over a real node in it. (nest-commander is CommonJS and requires Nest, which is an ES module from
 * version 12 on: Node.js can, Jest on Node.js 20 can not.) Takes CliRequests by message, answers CliAnswers.
 */
import 'reflect-metadata';
import { RaftoralError } from '../../lib/errors/index.js';
import { CheckpointCompute, Workflow, WorkflowQuery, context } from '../../lib/index.js';
import { runProgram } from '../../lib/cli/program.js';
import { startControlNode } from './control-node.js';
let Order = class Order {
    state = 'new';
    async run(input) {
        this.state = await this.reserve(input.item);
        const paid = await context().waitForSignal('paid');
        return { item: this.state, paid };
    }
    async reserve(item) {
        if (item === 'broken')
            throw new Error('no such\u001b[2Jitem');
        return item;
    }
    status(prefix) {
        return (prefix ?? '') + this.state;
    }
};
__decorate([
    CheckpointCompute('reserve', { retry: { maxAttempts: 1 } }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Promise)
], Order.prototype, "reserve", null);
__decorate([
    WorkflowQuery(),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], Order.prototype, "status", null);
Order = __decorate([
    Workflow('order', 1)
], Order);
const interrupts = new Set();
const control = await startControlNode([Order]);
async function answer({ id, words, folder, input, variables, refusal }) {
    let out = '';
    let err = '';
    const connections = [];
    Object.assign(process.env, variables);
    const code = await runProgram(words, {
        version: '1.2.3',
        environment: {
            folder,
            isErrorTerminal: false,
            now: () => Date.now(),
            out: (text) => (out += text),
            error: (text) => (err += text),
            readInput: () => Promise.resolve(input),
            onInterrupt: (callback) => {
                interrupts.add(callback);
                process.send('interruptible');
                return () => interrupts.delete(callback);
            },
            connect: (connection) => {
                connections.push(connection);
                return Promise.resolve(refusal === null ? control.connect() : refusing(new RaftoralError(refusal.code, 'the reason', refusal)));
            },
        },
    });
    for (const name of Object.keys(variables))
        delete process.env[name];
    return { id, code, out, err, connections };
}
function refusing(error) {
    return {
        call: () => Promise.reject(error),
        stream: async function* () {
            throw error;
        },
        close: () => Promise.resolve(),
    };
}
process.on('message', (message) => {
    if (message === 'interrupt')
        for (const interrupt of [...interrupts])
            interrupt('SIGINT');
    else
        void answer(message).then((given) => process.send(given));
});
process.on('disconnect', () => process.exit(0));
process.send('ready');
//# sourceMappingURL=cli-process.js.map