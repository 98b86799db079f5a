import type { RaftoralModuleOptions } from './interfaces/options.js';
import type { ClusterSettings, SecuritySettings, TransportSettings } from './interfaces/settings.js';
export declare const VOTERS_MAX = 7;
/** The deployment id that a first membership has by default: the same on every one of its nodes. */
export declare function defaultDeployment(members: readonly number[]): string;
export declare function readCluster(options: RaftoralModuleOptions, problems: string[]): ClusterSettings;
export declare function readDeployment(options: RaftoralModuleOptions, cluster: ClusterSettings, problems: string[]): string;
export declare function readTransport(options: RaftoralModuleOptions, cluster: ClusterSettings, problems: string[]): TransportSettings | null;
export declare function readSecurity(options: RaftoralModuleOptions, problems: string[]): SecuritySettings;
