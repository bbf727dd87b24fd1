/**
 * `groundwire/client`: small helpers over the official `openai` package, for Groundwire, Azure OpenAI and every server that
 * speaks the same protocol. Nothing of that package is loaded here; the caller brings the client.
 */
import { splitAtMarkers, type AnswerPiece } from "./citation-markers.ts";
import * as conversations from "./conversation.ts";
import * as grounding from "./grounding.ts";
import * as links from "./link-markers.ts";
import type { Truncation as MessageTruncation } from "./message-window.ts";
import type { Tool as FunctionTool } from "./tools.ts";

export type DataSource = grounding.DataSource;
export type Context = grounding.Context;
export type Citation = grounding.Citation;
export type RetrievedDocument = grounding.RetrievedDocument;
export type Answer = conversations.Answer;
export type Conversation = conversations.Conversation;
export type ConversationOptions = conversations.ConversationOptions;
export type TurnEvent = conversations.TurnEvent;
export type TurnOptions = conversations.TurnOptions;
export type Tool = FunctionTool;
export type Truncation = MessageTruncation;
export type Piece = AnswerPiece;

/** A chat that keeps what was said, sends what fits, and runs the tools the model calls. */
export const startConversation = conversations.startConversation;
/** A request of the official client with `data_sources`, which its own types do not know. */
export const grounded = grounding.grounded;
/** Citations and intent of an answer; null when it has none. */
export const contextOf = grounding.contextOf;
/** The same of the first chunk of a stream. */
export const contextOfChunk = grounding.contextOfChunk;
/** An answer's words and markers, one by one. */
export const splitAnswer = splitAtMarkers;
/** Links in place of the markers of an answer. */
export const linkMarkers = links.linkMarkers;
/** Only what the answer cites, numbered anew. */
export const citedOnly = links.citedOnly;
