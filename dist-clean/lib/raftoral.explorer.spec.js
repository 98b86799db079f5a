var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
var __param = (this && this.__param) || function (paramIndex, decorator) {
    return function (target, key) { decorator(target, key, paramIndex); }
};
/** Which classes are found, and what stops a boot. */
import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Inject, Injectable, Module, Scope } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, ModulesContainer } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Checkpoint, CheckpointCompute } from './decorators/checkpoint.decorator.js';
import { WorkflowQuery } from './decorators/workflow-query.decorator.js';
import { WorkflowSignal } from './decorators/workflow-signal.decorator.js';
import { Workflow } from './decorators/workflow.decorator.js';
import { RaftoralError } from './errors/index.js';
import { RaftoralExplorer } from './raftoral.explorer.js';
async function explorerOf(metadata) {
    let Root = class Root {
    };
    Root = __decorate([
        Module({ ...metadata, imports: [DiscoveryModule, ...(metadata.imports ?? [])] })
    ], Root);
    const app = await Test.createTestingModule({ imports: [Root] }).compile();
    return new RaftoralExplorer(app.get(DiscoveryService), app.get(ModulesContainer));
}
async function problemsOf(metadata) {
    const explorer = await explorerOf(metadata);
    try {
        explorer.explore();
        await explorer.prepare();
    }
    catch (error) {
        expect(error).toBeInstanceOf(RaftoralError);
        expect(error.code).toBe('INVALID_WORKFLOW_DEFINITION');
        return error.details['problems'];
    }
    return [];
}
let Inventory = class Inventory {
    stock = 5;
};
Inventory = __decorate([
    Injectable()
], Inventory);
let Order = class Order {
    inventory;
    constructor(inventory) {
        this.inventory = inventory;
    }
    async run(input) {
        return this.record(input.id);
    }
    async record(status) {
        return status;
    }
    current() {
        return this.inventory.stock;
    }
    poked() {
        return;
    }
};
__decorate([
    Checkpoint('status'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Promise)
], Order.prototype, "record", null);
__decorate([
    WorkflowQuery(),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Number)
], Order.prototype, "current", null);
__decorate([
    WorkflowSignal('poke'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", void 0)
], Order.prototype, "poked", null);
Order = __decorate([
    Workflow('order', 1),
    __metadata("design:paramtypes", [Inventory])
], Order);
let OrderV2 = class OrderV2 extends Order {
};
OrderV2 = __decorate([
    Workflow('order', 2)
], OrderV2);
let Orders = class Orders {
};
Orders = __decorate([
    Module({ providers: [Order, Inventory] })
], Orders);
describe('RaftoralExplorer', () => {
    it('finds the decorated classes of all modules, in no module twice, and makes their instances', async () => {
        const explorer = await explorerOf({ imports: [Orders], providers: [OrderV2, Inventory, { provide: 'ALIAS', useExisting: OrderV2 }] });
        const definitions = explorer.explore();
        expect(definitions.map(({ name, version, target }) => ({ name, version, target })).sort((a, b) => a.version - b.version)).toEqual([
            { name: 'order', version: 1, target: Order },
            { name: 'order', version: 2, target: OrderV2 },
        ]);
        const [first] = definitions.filter(({ version }) => version === 1);
        expect([...first.queries]).toEqual([['current', 'current']]);
        expect([...first.signals]).toEqual([['poke', 'poked']]);
        expect(first.takesInput).toBe(true);
        expect(() => first.create()).toThrow(/before the application was initialised/);
        await explorer.prepare();
        const [one, other] = [first.create(), first.create()];
        expect(one).toBeInstanceOf(Order);
        expect(one).not.toBe(other);
        expect(one.inventory.stock).toBe(5);
    });
    it('an application without workflows is no error', async () => {
        expect((await explorerOf({ providers: [Inventory] })).explore()).toEqual([]);
    });
    it('bad input: one class registered twice is a boot error that names the modules', async () => {
        let AlsoOrders = class AlsoOrders {
        };
        AlsoOrders = __decorate([
            Module({ providers: [Order, Inventory] })
        ], AlsoOrders);
        expect(await problemsOf({ imports: [Orders, AlsoOrders] })).toEqual([
            expect.stringMatching(/^Order is registered 2 times, in (Orders and AlsoOrders|AlsoOrders and Orders)/),
        ]);
    });
    it('bad input: a duplicate name and version is a boot error that names both classes', async () => {
        let Impostor = class Impostor {
            async run() {
                return;
            }
        };
        Impostor = __decorate([
            Workflow('order', 1)
        ], Impostor);
        expect(await problemsOf({ imports: [Orders], providers: [Impostor] })).toEqual([
            expect.stringMatching(/^'order' version 1 is declared by (Order and Impostor|Impostor and Order)/),
        ]);
    });
    it('bad input: a missing run() is a boot error', async () => {
        class NoRun {
            go() {
                return;
            }
        }
        Workflow('no-run', 1)(NoRun);
        expect(await problemsOf({ providers: [NoRun] })).toEqual([expect.stringMatching(/NoRun has no method run\(\)/)]);
    });
    it.each([0, -1, 1.5, Number.NaN, '1', undefined])('bad input: version %p is a boot error', async (version) => {
        class Versioned {
            async run() {
                return;
            }
        }
        Workflow('versioned', version)(Versioned);
        expect(await problemsOf({ providers: [Versioned] })).toEqual([
            expect.stringMatching(/Versioned: the version given to @Workflow is .*whole number/),
        ]);
    });
    it('bad input: two methods with one key are a boot error', async () => {
        let TwoKeys = class TwoKeys {
            async run() {
                return;
            }
            async first() {
                return 1;
            }
            async second() {
                return 2;
            }
        };
        __decorate([
            Checkpoint('same'),
            __metadata("design:type", Function),
            __metadata("design:paramtypes", []),
            __metadata("design:returntype", Promise)
        ], TwoKeys.prototype, "first", null);
        __decorate([
            CheckpointCompute('same'),
            __metadata("design:type", Function),
            __metadata("design:paramtypes", []),
            __metadata("design:returntype", Promise)
        ], TwoKeys.prototype, "second", null);
        TwoKeys = __decorate([
            Workflow('keys', 1)
        ], TwoKeys);
        expect(await problemsOf({ providers: [TwoKeys] })).toEqual([
            expect.stringMatching(/first\(\) and second\(\) have the same checkpoint key 'same'/),
        ]);
    });
    it('bad input: an override that lost its decorator is a boot error', async () => {
        let Lost = class Lost extends Order {
            async record(status) {
                return status.toUpperCase();
            }
        };
        Lost = __decorate([
            Workflow('override', 1)
        ], Lost);
        expect(await problemsOf({ providers: [Lost, Inventory] })).toEqual([
            expect.stringMatching(/Lost\.record overrides a method that is decorated with @Checkpoint, and lost the decorator/),
        ]);
    });
    it('bad input: a lost transient scope is a boot error', async () => {
        let Reset = class Reset {
            async run() {
                return;
            }
        };
        Reset = __decorate([
            Injectable(),
            Workflow('singleton', 1)
        ], Reset);
        let PerRequest = class PerRequest {
            async run() {
                return;
            }
        };
        PerRequest = __decorate([
            Injectable({ scope: Scope.REQUEST }),
            Workflow('per-request', 1)
        ], PerRequest);
        expect(await problemsOf({ providers: [Reset, PerRequest] })).toEqual([
            expect.stringMatching(/^Reset is a singleton, it must be transient/),
            expect.stringMatching(/^PerRequest is request-scoped, it must be transient/),
        ]);
    });
    it('bad input: an instance given as a value is a boot error', async () => {
        expect(await problemsOf({ providers: [{ provide: 'ORDER', useValue: new Order(new Inventory()) }] })).toEqual([
            expect.stringMatching(/^Order: the provider of a workflow must be the class itself/),
        ]);
    });
    it('a dependency that nobody provides is a boot error that names class and dependency', async () => {
        let Needy = class Needy {
            nowhere;
            constructor(nowhere) {
                this.nowhere = nowhere;
            }
            async run() {
                return;
            }
        };
        Needy = __decorate([
            Workflow('needy', 1),
            __param(0, Inject('NOWHERE')),
            __metadata("design:paramtypes", [Object])
        ], Needy);
        // Nest 12 looks at transient providers at boot already; where it does not, prepare() tells.
        await expect(problemsOf({ providers: [Needy] }).then((problems) => Promise.reject(new Error(problems.join())))).rejects.toThrow(/Needy.*NOWHERE/s);
    });
    it('one error tells everything that is wrong, of all classes', async () => {
        let Broken = class Broken {
            async run() {
                return;
            }
            one() {
                return 1;
            }
            two() {
                return 2;
            }
        };
        __decorate([
            WorkflowQuery('q'),
            __metadata("design:type", Function),
            __metadata("design:paramtypes", []),
            __metadata("design:returntype", Number)
        ], Broken.prototype, "one", null);
        __decorate([
            WorkflowQuery('q'),
            __metadata("design:type", Function),
            __metadata("design:paramtypes", []),
            __metadata("design:returntype", Number)
        ], Broken.prototype, "two", null);
        Broken = __decorate([
            Injectable(),
            Workflow('', 0)
        ], Broken);
        const problems = await problemsOf({ imports: [Orders], providers: [Broken, Order, Inventory] });
        expect(problems).toHaveLength(5);
        expect(problems.join('\n')).toMatch(/singleton[^]*registered 2 times[^]*name given[^]*version given[^]*same query 'q'/);
    });
});
//# sourceMappingURL=raftoral.explorer.spec.js.map