/** What makes a file playable up to its last half second whatever happens to the program that writes it. */
export const CONTAINER_OPTIONS: Readonly<Record<string, string[]>> = {
  ".mp4": ["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-frag_duration", "500000"],
  ".mkv": ["-cluster_time_limit", "500"],
  ".ts": [],
};
/** The endings of files that can be recorded. */
export const RECORDING_ENDINGS = Object.keys(CONTAINER_OPTIONS);
