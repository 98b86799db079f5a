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
/** RaftoralError over HTTP, with real Express applications. */
import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { ERROR_CODES, RaftoralError } from './errors/index.js';
import { RaftoralExceptionFilter } from './raftoral.exception-filter.js';
let Thrower = class Thrower {
    throw(code) {
        throw new RaftoralError(code, `it was ${code}`, { requestId: 'request-1', details: { queue: 5 }, cause: new Error('hidden') });
    }
    other() {
        throw new Error('not of Raftoral');
    }
};
__decorate([
    Get('throw/:code'),
    __param(0, Param('code')),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", void 0)
], Thrower.prototype, "throw", null);
__decorate([
    Get('other'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", void 0)
], Thrower.prototype, "other", null);
Thrower = __decorate([
    Controller()
], Thrower);
let Plain = class Plain {
};
Plain = __decorate([
    Module({ controllers: [Thrower] })
], Plain);
let WithProvider = class WithProvider {
};
WithProvider = __decorate([
    Module({ controllers: [Thrower], providers: [{ provide: APP_FILTER, useClass: RaftoralExceptionFilter }] })
], WithProvider);
let app;
async function boot(module, filter) {
    app = (await Test.createTestingModule({ imports: [module] }).compile()).createNestApplication({ logger: false });
    if (filter !== undefined)
        app.useGlobalFilters(filter);
    await app.listen(0, '127.0.0.1');
    return app.getUrl();
}
afterEach(async () => app.close());
describe('RaftoralExceptionFilter', () => {
    it('every code is answered with the status of the table and a body of plain JSON', async () => {
        const url = await boot(Plain, new RaftoralExceptionFilter());
        for (const [code, { httpStatus, retryable }] of Object.entries(ERROR_CODES)) {
            const response = await fetch(`${url}/throw/${code}`);
            expect({ code, status: response.status }).toEqual({ code, status: httpStatus });
            expect(await response.json()).toEqual({
                statusCode: httpStatus,
                code,
                message: `it was ${code}`,
                retryable,
                requestId: 'request-1',
                details: { queue: 5 },
            });
        }
    });
    it('an overloaded or leaderless answer says when to come back', async () => {
        const url = await boot(Plain, new RaftoralExceptionFilter());
        expect((await fetch(`${url}/throw/OVERLOADED`)).headers.get('retry-after')).toBe('1');
        expect((await fetch(`${url}/throw/NO_LEADER`)).headers.get('retry-after')).toBe('1');
        expect((await fetch(`${url}/throw/OUTCOME_UNKNOWN`)).headers.get('retry-after')).toBeNull();
        expect((await fetch(`${url}/throw/GROUP_HALTED`)).headers.get('retry-after')).toBeNull();
    });
    it('works as an APP_FILTER provider', async () => {
        const url = await boot(WithProvider);
        const response = await fetch(`${url}/throw/WORKFLOW_NOT_FOUND`);
        expect(response.status).toBe(404);
        expect(await response.json()).toMatchObject({ code: 'WORKFLOW_NOT_FOUND', retryable: false });
        expect((await fetch(`${url}/throw/OVERLOADED`)).headers.get('retry-after')).toBe('1');
    });
    it('other errors are left to Nest', async () => {
        const url = await boot(WithProvider);
        const response = await fetch(`${url}/other`);
        expect(response.status).toBe(500);
        expect(await response.json()).toEqual({ statusCode: 500, message: 'Internal server error' });
    });
    it('it is opt-in: without it Nest answers 500', async () => {
        const url = await boot(Plain);
        expect((await fetch(`${url}/throw/WORKFLOW_NOT_FOUND`)).status).toBe(500);
    });
});
//# sourceMappingURL=raftoral.exception-filter.spec.js.map