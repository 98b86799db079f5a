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
 * The test set-up itself: decorators write the metadata by which Nest injects, under the same compiler that all specs run under.
 */
import { describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
let Inventory = class Inventory {
    stock = 7;
};
Inventory = __decorate([
    Injectable()
], Inventory);
let Orders = class Orders {
    inventory;
    constructor(inventory) {
        this.inventory = inventory;
    }
};
Orders = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [Inventory])
], Orders);
let Shop = class Shop {
};
Shop = __decorate([
    Module({ providers: [Inventory, Orders], exports: [Orders] })
], Shop);
describe('the test set-up', () => {
    it('injects by the type of a constructor parameter', async () => {
        const module = await Test.createTestingModule({ imports: [Shop] }).compile();
        expect(module.get(Orders).inventory).toBe(module.get(Inventory));
        expect(module.get(Orders).inventory.stock).toBe(7);
        await module.close();
    });
});
//# sourceMappingURL=injection.spec.js.map