/** The door of lib/membership: who is there, as gossip has it. The management layer comes in by it. */
export { MembershipService, MEMBERSHIP_METHOD, type MembershipOptions, type MembershipStatus } from './membership-service.js';
export type { MembershipCarrier, MembershipClock, MembershipScheduler } from './carrier-port.js';
export type { MemberChange } from './swim/beliefs.js';
export { MemberStatus, type MemberFacts, type MemberLoad, type MemberRecord } from './swim/record.js';
export { DEFAULT_MEMBERSHIP_SETTINGS, type MembershipSettings } from './swim/settings.js';
