import { type DiscoveryService } from '@nestjs/core';
/** As the container knows a provider. Nest exports this type from no entry point. */
export type ProviderWrapper = ReturnType<DiscoveryService['getProviders']>[number];
export type InstanceMaker = () => object | Promise<object>;
type Constructor = new (...args: unknown[]) => object;
/** The maker for one class. Rejects with Nest's own error when a dependency can not be resolved. */
export declare function makeInstanceMaker(wrapper: ProviderWrapper, target: Constructor): Promise<InstanceMaker>;
export {};
