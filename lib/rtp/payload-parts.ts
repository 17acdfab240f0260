/** The parts, in order, that make up the payload of one packet: small headers, and views of the picture's data. */
export type PayloadParts = Buffer[];
