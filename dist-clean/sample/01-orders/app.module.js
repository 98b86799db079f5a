var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var AppModule_1;
/** One node: an ordinary Nest application that imports RaftoralModule. */
import { Module } from '@nestjs/common';
import { RaftoralModule } from '../../lib/index.js';
import { OrdersModule } from './orders.module.js';
let AppModule = AppModule_1 = class AppModule {
    static forNode(options, connection) {
        return { module: AppModule_1, imports: [RaftoralModule.forRoot(options), OrdersModule.forWarehouse(connection)] };
    }
};
AppModule = AppModule_1 = __decorate([
    Module({})
], AppModule);
export { AppModule };
//# sourceMappingURL=app.module.js.map