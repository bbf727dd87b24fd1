import { createContext, useContext } from "react";

interface RailState {
  /** The rail is there, beside the page; else a button opens it. */
  isBeside: boolean;
  open: () => void;
}

export const RailContext = createContext<RailState>({ isBeside: true, open: () => {} });

export function useRail(): RailState {
  return useContext(RailContext);
}
