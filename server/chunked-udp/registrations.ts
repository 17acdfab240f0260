import type { RemoteInfo } from "node:dgram";
import { type ClientMessage, type Payload, parseClientMessage } from "../../lib/chunked-udp/client-message.js";
import type { Clock } from "../../lib/clock.js";
import { isOwnAddress } from "../../lib/network-interfaces.js";
import { EventBudget } from "../event-budget.js";
import type { Admission } from "./admission.js";
import { ChunkedClient } from "./chunked-client.js";
import type { ChunkedClients } from "./chunked-clients.js";
import { isPrivateAddress, ownerOf, plainAddress } from "./client-address.js";
import { CLIENTS_HAVE_SOCKETS, type ClientChannel, openConnectedChannel, openSharedChannel } from "./client-channel.js";
import type { Listener } from "./open-listener.js";
import { OwnerBudgets } from "./owner-budgets.js";

/** New clients, so many at once and so many more a second; whoever is refused asks again. */
const NEW_CLIENTS = { burst: 64, perSecond: 10 };
/** Of these, so many of one owner of addresses: who comes and goes all the time keeps nobody else out. */
const NEW_CLIENTS_OF_OWNER = { burst: 64, perSecond: 2 };
const TOO_MANY = `more than ${NEW_CLIENTS.perSecond} a second come, or ${NEW_CLIENTS_OF_OWNER.perSecond} of one address`;

/** Why somebody is refused, for those who tell each reason once. */
export type Refusal = "unauthorised" | "full" | "hasty" | "no-socket";

/** What {@link Registrations} works with. */
export interface RegistrationsOptions {
  listener: Listener;
  clients: ChunkedClients;
  admission: Admission;
  clock: Clock;
  /** Somebody registered, for the first time (`isNew`) or again. */
  onRegistered(client: ChunkedClient, isNew: boolean): void;
  /** A client said goodbye, or nobody listens at its address any more. */
  onGone(client: ChunkedClient): void;
  /** A datagram meant nothing, or came from somebody who is no client. */
  onIgnored(): void;
  onRefused(refusal: Refusal, name: string, reason: string): void;
  /** The system refused to send a datagram. */
  onSendFailed(error: NodeJS.ErrnoException): void;
}

/** Reads what clients say. Nobody is answered who may not watch, and nothing that is not of this protocol. */
export class Registrations {
  readonly #options: RegistrationsOptions;
  readonly #newClients: EventBudget;
  readonly #ofOwners: OwnerBudgets;

  constructor(options: RegistrationsOptions) {
    this.#options = options;
    this.#newClients = new EventBudget(options.clock, NEW_CLIENTS);
    this.#ofOwners = new OwnerBudgets(options.clock, NEW_CLIENTS_OF_OWNER);
  }

  /** Forgets what need not be remembered; called now and then. */
  sweep(): void {
    this.#ofOwners.sweep();
  }

  /** Takes a datagram, whichever socket it came by. */
  message(datagram: Buffer, from: RemoteInfo): void {
    const message = parseClientMessage(datagram);
    const client = this.#options.clients.find(from);
    if (message?.kind === "register") this.#register(message, from, client);
    else if (!message || !client) this.#options.onIgnored();
    else if (message.kind === "keepalive") client.keptAlive();
    else if (message.kind === "challenge") client.challengeAnswered(message.nonce);
    else this.#remove(from, client);
  }

  #register(
    { payload, token }: Extract<ClientMessage, { kind: "register" }>,
    from: RemoteInfo,
    known: ChunkedClient | undefined,
  ): void {
    const { clients, admission, onRefused, onRegistered } = this.#options;
    const address = plainAddress(from.address);
    const name = `${address} port ${from.port}`;
    const owner = ownerOf(address);
    const unauthorised = admission.refusal(address, token);
    if (unauthorised) return onRefused("unauthorised", name, unauthorised);
    let client = known;
    if (!client) {
      const full = clients.refusal(owner);
      if (full) return onRefused("full", name, full);
      if (!this.#ofOwners.take(owner, this.#newClients)) return onRefused("hasty", name, TOO_MANY);
      client = this.#open({ name, owner, isPrivate: isPrivateAddress(address), payload }, from);
    }
    if (!client) return;
    client.registered(payload);
    onRegistered(client, !known);
  }

  #open(
    who: { name: string; owner: string; isPrivate: boolean; payload: Payload },
    from: RemoteInfo,
  ): ChunkedClient | undefined {
    const { clients, clock, onRefused } = this.#options;
    try {
      let client: ChunkedClient | undefined;
      const channel = this.#openChannel(from, () => client && this.#remove(from, client));
      client = new ChunkedClient({ ...who, channel, clock });
      clients.add(from, client);
      return client;
    } catch (error) {
      onRefused("no-socket", who.name, (error as Error).message);
      return undefined;
    }
  }

  #openChannel(from: RemoteInfo, gone: () => void): ClientChannel {
    const { listener, onSendFailed: sendFailed } = this.#options;
    const { place, socket } = listener;
    if (from.port === place.port && isOwnAddress(from.address)) throw new Error("it is this server's own address");
    if (!CLIENTS_HAVE_SOCKETS) return openSharedChannel(socket, from, { sendFailed });
    const message = (datagram: Buffer, sender: RemoteInfo): void => this.message(datagram, sender);
    return openConnectedChannel(place, from, { message, gone, sendFailed });
  }

  #remove(from: RemoteInfo, client: ChunkedClient): void {
    if (this.#options.clients.remove(from, client)) this.#options.onGone(client);
  }
}
