// Address ranges of both families, as Calico reads them. The only importer of ip-num.

export type Family = 4 | 6;

/** A range of addresses. Compare ranges, never texts. */
export interface Cidr {
  /** As written. */
  readonly text: string;
  /** Masked and in RFC 5952 form. */
  readonly canonical: string;
  readonly family: Family;
  readonly prefix: number;
  readonly first: bigint;
  readonly last: bigint;
  /** `10.1.2.3/16`: stored so in some modes, masked by Felix. */
  readonly hostBitsSet: boolean;
}
