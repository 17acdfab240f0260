import { type AnsweredOffer, writeSessionAnswer } from "./session-answer.js";

/** The answer to a viewer's whole offer, see {@link writeSessionAnswer}: there is no rate control, so REMB is not heeded. */
export function writeWhepAnswer(offer: AnsweredOffer, answer: string): string {
  return writeSessionAnswer(offer, answer, (kind) => kind !== "goog-remb");
}
