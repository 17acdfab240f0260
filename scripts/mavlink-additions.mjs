/**
 * Messages of the dialects that the package mavlink-mappings leaves out, in the lines of the generated table: id, name,
 * CRC_EXTRA, fields in the order of the wire. Those of `common` are there marked as work in progress, though autopilots
 * send them; cubepilot, csAirLink and loweheiser are dialects that ardupilotmega includes.
 */
export const ADDITIONS = `
8 LINK_NODE_STATUS 117 timestamp:u64 tx_rate:u32 rx_rate:u32 messages_sent:u32 messages_received:u32 messages_lost:u32 rx_parse_err:u16 tx_overflows:u16 rx_overflows:u16 tx_buf:u8 rx_buf:u8
80 COMMAND_CANCEL 14 command:u16 target_system:u8 target_component:u8
290 ESC_INFO 251 time_usec:u64 error_count:u32[4] counter:u16 failure_flags:u16[4] temperature:i16[4] index:u8 count:u8 connection_type:u8 info:u8
291 ESC_STATUS 10 time_usec:u64 rpm:i32[4] voltage:f32[4] current:f32[4] index:u8
295 AIRSPEED 234 airspeed:f32 raw_press:f32 temperature:i16 id:u8 flags:u8
300 PROTOCOL_VERSION 217 version:u16 min_version:u16 max_version:u16 spec_version_hash:u8[8] library_version_hash:u8[8]
361 FIGURE_EIGHT_EXECUTION_STATUS 93 time_usec:u64 major_radius:f32 minor_radius:f32 orientation:f32 x:i32 y:i32 z:f32 frame:u8
372 BATTERY_INFO 26 discharge_minimum_voltage:f32 charging_minimum_voltage:f32 resting_minimum_voltage:f32 charging_maximum_voltage:f32 charging_maximum_current:f32 nominal_voltage:f32 discharge_maximum_current:f32 discharge_maximum_burst_current:f32 design_capacity:f32 full_charge_capacity:f32 cycle_count:u16 weight:u16 id:u8 battery_function:u8 type:u8 state_of_health:u8 cells_in_series:u8 manufacture_date:char[9] serial_number:char[32] name:char[50]
376 RELAY_STATUS 199 time_boot_ms:u32 on:u16 present:u16
380 TIME_ESTIMATE_TO_TARGET 232 safe_return:i32 land:i32 mission_next_item:i32 mission_end:i32 commanded_action:i32
390 ONBOARD_COMPUTER_STATUS 156 time_usec:u64 uptime:u32 ram_usage:u32 ram_total:u32 storage_type:u32[4] storage_usage:u32[4] storage_total:u32[4] link_type:u32[6] link_tx_rate:u32[6] link_rx_rate:u32[6] link_tx_max:u32[6] link_rx_max:u32[6] fan_speed:i16[4] type:u8 cpu_cores:u8[8] cpu_combined:u8[10] gpu_cores:u8[4] gpu_combined:u8[10] temperature_board:i8 temperature_core:i8[8]
397 COMPONENT_METADATA 182 time_boot_ms:u32 file_crc:u32 uri:char[100]
410 EVENT 160 id:u32 event_time_boot_ms:u32 sequence:u16 destination_component:u8 destination_system:u8 log_levels:u8 arguments:u8[40]
411 CURRENT_EVENT_SEQUENCE 106 sequence:u16 flags:u8
412 REQUEST_EVENT 33 first_sequence:u16 last_sequence:u16 target_system:u8 target_component:u8
413 RESPONSE_EVENT_ERROR 77 sequence:u16 sequence_oldest_available:u16 target_system:u8 target_component:u8 reason:u8
441 GNSS_INTEGRITY 169 system_errors:u32 raim_hfom:u16 raim_vfom:u16 id:u8 authentication_state:u8 jamming_state:u8 spoofing_state:u8 raim_state:u8 corrections_quality:u8 system_status_summary:u8 gnss_signal_quality:u8 post_processing_quality:u8
10151 LOWEHEISER_GOV_EFI 195 volt_batt:f32 curr_batt:f32 curr_gen:f32 curr_rot:f32 fuel_level:f32 throttle:f32 runtime:u32 until_maintenance:i32 rectifier_temp:f32 generator_temp:f32 efi_batt:f32 efi_rpm:f32 efi_pw:f32 efi_fuel_flow:f32 efi_fuel_consumed:f32 efi_baro:f32 efi_mat:f32 efi_clt:f32 efi_tps:f32 efi_exhaust_gas_temperature:f32 generator_status:u16 efi_status:u16 efi_index:u8
50001 CUBEPILOT_RAW_RC 246 rc_raw:u8[32]
50002 HERELINK_VIDEO_STREAM_INFORMATION 181 framerate:f32 bitrate:u32 resolution_h:u16 resolution_v:u16 rotation:u16 camera_id:u8 status:u8 uri:char[230]
50003 HERELINK_TELEM 62 rf_freq:u32 link_bw:u32 link_rate:u32 snr:i16 cpu_temp:i16 board_temp:i16 rssi:u8
50004 CUBEPILOT_FIRMWARE_UPDATE_START 240 size:u32 crc:u32 target_system:u8 target_component:u8
50005 CUBEPILOT_FIRMWARE_UPDATE_RESP 152 offset:u32 target_system:u8 target_component:u8
52000 AIRLINK_AUTH 13 login:char[50] password:char[50]
52001 AIRLINK_AUTH_RESPONSE 239 resp_type:u8
`;
