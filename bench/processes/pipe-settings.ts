/** A program that writes raw RGB frames without padding to its stdout, and for how long it is watched. */
export interface PipeSettings {
  command: string;
  args: string[];
  width: number;
  height: number;
  /** How long it goes on after its first frame. */
  seconds: number;
}
