/** The interface, with `undefined` spelled out for whatever may be absent. */
type Loose<Interface> = {
  [Name in keyof Interface]: undefined extends Interface[Name]
    ? Interface[Name] | undefined
    : Interface[Name];
};

/**
 * A construct as the interface that CDK's own functions take. CDK is compiled without
 * `exactOptionalPropertyTypes`: under it some of its classes do not fit its interfaces, though
 * nothing but `undefined` in place of an absent property sets them apart.
 */
export function cdkInterface<Interface>(construct: Loose<Interface>): Interface {
  return construct as Interface;
}
