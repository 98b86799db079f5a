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
/** How instances of workflow classes are made. */
import 'reflect-metadata';
import { describe, expect, it, jest } from '@jest/globals';
import { forwardRef, Inject, Injectable, Module, Optional, Scope } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, REQUEST } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { makeInstanceMaker } from './raftoral.instances.js';
let Warehouse = class Warehouse {
    id = Symbol('warehouse');
};
Warehouse = __decorate([
    Injectable()
], Warehouse);
let Scratch = class Scratch {
    id = Symbol('scratch');
};
Scratch = __decorate([
    Injectable({ scope: Scope.TRANSIENT })
], Scratch);
let PerRequest = class PerRequest {
    request;
    constructor(request) {
        this.request = request;
    }
};
PerRequest = __decorate([
    Injectable({ scope: Scope.REQUEST }),
    __param(0, Inject(REQUEST)),
    __metadata("design:paramtypes", [Object])
], PerRequest);
/** A singleton by its own decorator, request-scoped by its tree. */
let Bubbled = class Bubbled {
    perRequest;
    constructor(perRequest) {
        this.perRequest = perRequest;
    }
};
Bubbled = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [PerRequest])
], Bubbled);
async function makerOf(target, providers, imports = []) {
    let Feature = class Feature {
    };
    Feature = __decorate([
        Module({ imports, providers: [target, ...providers] })
    ], Feature);
    const app = await Test.createTestingModule({ imports: [DiscoveryModule, Feature] }).compile();
    const wrapper = app
        .get(DiscoveryService)
        .getProviders()
        .find((provider) => provider.metatype === target);
    return { make: await makeInstanceMaker(wrapper, target), get: (token) => app.get(token, { strict: false }) };
}
describe('instances of a workflow class', () => {
    it('R45: dependencies are resolved once per class, the constructor runs once per run and never at boot', async () => {
        const constructed = jest.fn();
        let Flow = class Flow {
            warehouse;
            own = {};
            constructor(warehouse) {
                this.warehouse = warehouse;
                constructed();
            }
        };
        Flow = __decorate([
            Injectable({ scope: Scope.TRANSIENT }),
            __metadata("design:paramtypes", [Warehouse])
        ], Flow);
        const { make, get } = await makerOf(Flow, [Warehouse]);
        expect(constructed).not.toHaveBeenCalled();
        const [first, second] = [make(), make()];
        expect(constructed).toHaveBeenCalledTimes(2);
        expect(first).toBeInstanceOf(Flow);
        expect(first.warehouse).toBe(get(Warehouse));
        expect(second.warehouse).toBe(first.warehouse);
        expect(second.own).not.toBe(first.own);
    });
    it('R45: tokens, forward references, optional, inherited and property injection are honoured', async () => {
        let Base = class Base {
            warehouse;
            missing;
            label;
            constructor(warehouse, missing) {
                this.warehouse = warehouse;
                this.missing = missing;
            }
        };
        __decorate([
            Inject('LABEL'),
            __metadata("design:type", String)
        ], Base.prototype, "label", void 0);
        Base = __decorate([
            Injectable({ scope: Scope.TRANSIENT }),
            __param(0, Inject(forwardRef(() => Warehouse))),
            __param(1, Inject('MISSING')),
            __param(1, Optional()),
            __metadata("design:paramtypes", [Warehouse, String])
        ], Base);
        let Flow = class Flow extends Base {
            #secret = 7;
            get secret() {
                return this.#secret;
            }
        };
        Flow = __decorate([
            Injectable({ scope: Scope.TRANSIENT })
        ], Flow);
        const { make, get } = await makerOf(Flow, [Warehouse, { provide: 'LABEL', useValue: 'blue' }]);
        const instance = make();
        expect({ label: instance.label, missing: instance.missing, secret: instance.secret }).toEqual({
            label: 'blue',
            missing: undefined,
            secret: 7,
        });
        expect(instance.warehouse).toBe(get(Warehouse));
    });
    it('R45: a dependency of an imported module is found, through modules that export it again', async () => {
        let Inner = class Inner {
        };
        Inner = __decorate([
            Module({ providers: [Warehouse, Scratch], exports: [Warehouse, Scratch] })
        ], Inner);
        let Outer = class Outer {
        };
        Outer = __decorate([
            Module({ imports: [Inner], exports: [Inner] })
        ], Outer);
        let Plain = class Plain {
            warehouse;
            constructor(warehouse) {
                this.warehouse = warehouse;
            }
        };
        Plain = __decorate([
            Injectable({ scope: Scope.TRANSIENT }),
            __metadata("design:paramtypes", [Warehouse])
        ], Plain);
        let WithScratch = class WithScratch {
            scratch;
            constructor(scratch) {
                this.scratch = scratch;
            }
        };
        WithScratch = __decorate([
            Injectable({ scope: Scope.TRANSIENT }),
            __metadata("design:paramtypes", [Scratch])
        ], WithScratch);
        expect((await makerOf(Plain, [], [Outer])).make().warehouse).toBeInstanceOf(Warehouse);
        const { make } = await makerOf(WithScratch, [], [Outer]);
        const [first, second] = [(await make()), (await make())];
        expect(first.scratch.id).not.toBe(second.scratch.id);
    });
    it('R45: a transient dependency is made anew for each run', async () => {
        let Flow = class Flow {
            warehouse;
            scratch;
            constructor(warehouse) {
                this.warehouse = warehouse;
            }
        };
        __decorate([
            Inject(Scratch),
            __metadata("design:type", Scratch)
        ], Flow.prototype, "scratch", void 0);
        Flow = __decorate([
            Injectable({ scope: Scope.TRANSIENT }),
            __metadata("design:paramtypes", [Warehouse])
        ], Flow);
        const { make } = await makerOf(Flow, [Warehouse, Scratch]);
        const [first, second] = [(await make()), (await make())];
        expect(first.scratch.id).not.toBe(second.scratch.id);
        expect(first.warehouse).toBe(second.warehouse);
    });
    it('R45: a request-scoped dependency anywhere in the tree gets a context per run', async () => {
        let Flow = class Flow {
            bubbled;
            constructor(bubbled) {
                this.bubbled = bubbled;
            }
        };
        Flow = __decorate([
            Injectable({ scope: Scope.TRANSIENT }),
            __metadata("design:paramtypes", [Bubbled])
        ], Flow);
        const { make } = await makerOf(Flow, [Bubbled, PerRequest]);
        const [first, second] = [(await make()), (await make())];
        expect(first.bubbled.perRequest).toBeInstanceOf(PerRequest);
        expect(first.bubbled).not.toBe(second.bubbled);
        expect(first.bubbled.perRequest).not.toBe(second.bubbled.perRequest);
    });
    it('R45: a dependency that nobody provides is named when the maker is made', async () => {
        let Flow = class Flow {
            nowhere;
            constructor(nowhere) {
                this.nowhere = nowhere;
            }
        };
        Flow = __decorate([
            Injectable({ scope: Scope.TRANSIENT }),
            __param(0, Inject('NOWHERE')),
            __metadata("design:paramtypes", [Object])
        ], Flow);
        await expect(makerOf(Flow, [])).rejects.toThrow(/Flow.*NOWHERE/s);
    });
});
//# sourceMappingURL=raftoral.instances.spec.js.map