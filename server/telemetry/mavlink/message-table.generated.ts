// Written by `npm run generate:mavlink` from the package mavlink-mappings; not to be edited.

/** A message a line: id, name, CRC_EXTRA, then its fields in the order of the wire; those behind a + are extensions. */
export const MESSAGE_TABLE = `
0 HEARTBEAT 50 custom_mode:u32 type:u8 autopilot:u8 base_mode:u8 system_status:u8 mavlink_version:u8
1 SYS_STATUS 124 onboard_control_sensors_present:u32 onboard_control_sensors_enabled:u32 onboard_control_sensors_health:u32 load:u16 voltage_battery:u16 current_battery:i16 drop_rate_comm:u16 errors_comm:u16 errors_count1:u16 errors_count2:u16 errors_count3:u16 errors_count4:u16 battery_remaining:i8 + onboard_control_sensors_present_extended:u32 onboard_control_sensors_enabled_extended:u32 onboard_control_sensors_health_extended:u32
2 SYSTEM_TIME 137 time_unix_usec:u64 time_boot_ms:u32
4 PING 237 time_usec:u64 seq:u32 target_system:u8 target_component:u8
5 CHANGE_OPERATOR_CONTROL 217 target_system:u8 control_request:u8 version:u8 passkey:char[25]
6 CHANGE_OPERATOR_CONTROL_ACK 104 gcs_system_id:u8 control_request:u8 ack:u8
7 AUTH_KEY 119 key:char[32]
8 LINK_NODE_STATUS 117 timestamp:u64 tx_rate:u32 rx_rate:u32 messages_sent:u32 messages_received:u32 messages_lost:u32 rx_parse_err:u16 tx_overflows:u16 rx_overflows:u16 tx_buf:u8 rx_buf:u8
11 SET_MODE 89 custom_mode:u32 target_system:u8 base_mode:u8
20 PARAM_REQUEST_READ 214 param_index:i16 target_system:u8 target_component:u8 param_id:char[16]
21 PARAM_REQUEST_LIST 159 target_system:u8 target_component:u8
22 PARAM_VALUE 220 param_value:f32 param_count:u16 param_index:u16 param_id:char[16] param_type:u8
23 PARAM_SET 168 param_value:f32 target_system:u8 target_component:u8 param_id:char[16] param_type:u8
24 GPS_RAW_INT 24 time_usec:u64 lat:i32 lon:i32 alt:i32 eph:u16 epv:u16 vel:u16 cog:u16 fix_type:u8 satellites_visible:u8 + alt_ellipsoid:i32 h_acc:u32 v_acc:u32 vel_acc:u32 hdg_acc:u32 yaw:u16
25 GPS_STATUS 23 satellites_visible:u8 satellite_prn:u8[20] satellite_used:u8[20] satellite_elevation:u8[20] satellite_azimuth:u8[20] satellite_snr:u8[20]
26 SCALED_IMU 170 time_boot_ms:u32 xacc:i16 yacc:i16 zacc:i16 xgyro:i16 ygyro:i16 zgyro:i16 xmag:i16 ymag:i16 zmag:i16 + temperature:i16
27 RAW_IMU 144 time_usec:u64 xacc:i16 yacc:i16 zacc:i16 xgyro:i16 ygyro:i16 zgyro:i16 xmag:i16 ymag:i16 zmag:i16 + id:u8 temperature:i16
28 RAW_PRESSURE 67 time_usec:u64 press_abs:i16 press_diff1:i16 press_diff2:i16 temperature:i16
29 SCALED_PRESSURE 115 time_boot_ms:u32 press_abs:f32 press_diff:f32 temperature:i16 + temperature_press_diff:i16
30 ATTITUDE 39 time_boot_ms:u32 roll:f32 pitch:f32 yaw:f32 rollspeed:f32 pitchspeed:f32 yawspeed:f32
31 ATTITUDE_QUATERNION 246 time_boot_ms:u32 q1:f32 q2:f32 q3:f32 q4:f32 rollspeed:f32 pitchspeed:f32 yawspeed:f32 + repr_offset_q:f32[4]
32 LOCAL_POSITION_NED 185 time_boot_ms:u32 x:f32 y:f32 z:f32 vx:f32 vy:f32 vz:f32
33 GLOBAL_POSITION_INT 104 time_boot_ms:u32 lat:i32 lon:i32 alt:i32 relative_alt:i32 vx:i16 vy:i16 vz:i16 hdg:u16
34 RC_CHANNELS_SCALED 237 time_boot_ms:u32 chan1_scaled:i16 chan2_scaled:i16 chan3_scaled:i16 chan4_scaled:i16 chan5_scaled:i16 chan6_scaled:i16 chan7_scaled:i16 chan8_scaled:i16 port:u8 rssi:u8
35 RC_CHANNELS_RAW 244 time_boot_ms:u32 chan1_raw:u16 chan2_raw:u16 chan3_raw:u16 chan4_raw:u16 chan5_raw:u16 chan6_raw:u16 chan7_raw:u16 chan8_raw:u16 port:u8 rssi:u8
36 SERVO_OUTPUT_RAW 222 time_usec:u32 servo1_raw:u16 servo2_raw:u16 servo3_raw:u16 servo4_raw:u16 servo5_raw:u16 servo6_raw:u16 servo7_raw:u16 servo8_raw:u16 port:u8 + servo9_raw:u16 servo10_raw:u16 servo11_raw:u16 servo12_raw:u16 servo13_raw:u16 servo14_raw:u16 servo15_raw:u16 servo16_raw:u16
37 MISSION_REQUEST_PARTIAL_LIST 212 start_index:i16 end_index:i16 target_system:u8 target_component:u8 + mission_type:u8
38 MISSION_WRITE_PARTIAL_LIST 9 start_index:i16 end_index:i16 target_system:u8 target_component:u8 + mission_type:u8
39 MISSION_ITEM 254 param1:f32 param2:f32 param3:f32 param4:f32 x:f32 y:f32 z:f32 seq:u16 command:u16 target_system:u8 target_component:u8 frame:u8 current:u8 autocontinue:u8 + mission_type:u8
40 MISSION_REQUEST 230 seq:u16 target_system:u8 target_component:u8 + mission_type:u8
41 MISSION_SET_CURRENT 28 seq:u16 target_system:u8 target_component:u8
42 MISSION_CURRENT 28 seq:u16 + total:u16 mission_state:u8 mission_mode:u8 mission_id:u32 fence_id:u32 rally_points_id:u32
43 MISSION_REQUEST_LIST 132 target_system:u8 target_component:u8 + mission_type:u8
44 MISSION_COUNT 221 count:u16 target_system:u8 target_component:u8 + mission_type:u8 opaque_id:u32
45 MISSION_CLEAR_ALL 232 target_system:u8 target_component:u8 + mission_type:u8
46 MISSION_ITEM_REACHED 11 seq:u16
47 MISSION_ACK 153 target_system:u8 target_component:u8 type:u8 + mission_type:u8 opaque_id:u32
48 SET_GPS_GLOBAL_ORIGIN 41 latitude:i32 longitude:i32 altitude:i32 target_system:u8 + time_usec:u64
49 GPS_GLOBAL_ORIGIN 39 latitude:i32 longitude:i32 altitude:i32 + time_usec:u64
50 PARAM_MAP_RC 78 param_value0:f32 scale:f32 param_value_min:f32 param_value_max:f32 param_index:i16 target_system:u8 target_component:u8 param_id:char[16] parameter_rc_channel_index:u8
51 MISSION_REQUEST_INT 196 seq:u16 target_system:u8 target_component:u8 + mission_type:u8
54 SAFETY_SET_ALLOWED_AREA 15 p1x:f32 p1y:f32 p1z:f32 p2x:f32 p2y:f32 p2z:f32 target_system:u8 target_component:u8 frame:u8
55 SAFETY_ALLOWED_AREA 3 p1x:f32 p1y:f32 p1z:f32 p2x:f32 p2y:f32 p2z:f32 frame:u8
61 ATTITUDE_QUATERNION_COV 167 time_usec:u64 q:f32[4] rollspeed:f32 pitchspeed:f32 yawspeed:f32 covariance:f32[9]
62 NAV_CONTROLLER_OUTPUT 183 nav_roll:f32 nav_pitch:f32 alt_error:f32 aspd_error:f32 xtrack_error:f32 nav_bearing:i16 target_bearing:i16 wp_dist:u16
63 GLOBAL_POSITION_INT_COV 119 time_usec:u64 lat:i32 lon:i32 alt:i32 relative_alt:i32 vx:f32 vy:f32 vz:f32 covariance:f32[36] estimator_type:u8
64 LOCAL_POSITION_NED_COV 191 time_usec:u64 x:f32 y:f32 z:f32 vx:f32 vy:f32 vz:f32 ax:f32 ay:f32 az:f32 covariance:f32[45] estimator_type:u8
65 RC_CHANNELS 118 time_boot_ms:u32 chan1_raw:u16 chan2_raw:u16 chan3_raw:u16 chan4_raw:u16 chan5_raw:u16 chan6_raw:u16 chan7_raw:u16 chan8_raw:u16 chan9_raw:u16 chan10_raw:u16 chan11_raw:u16 chan12_raw:u16 chan13_raw:u16 chan14_raw:u16 chan15_raw:u16 chan16_raw:u16 chan17_raw:u16 chan18_raw:u16 chancount:u8 rssi:u8
66 REQUEST_DATA_STREAM 148 req_message_rate:u16 target_system:u8 target_component:u8 req_stream_id:u8 start_stop:u8
67 DATA_STREAM 21 message_rate:u16 stream_id:u8 on_off:u8
69 MANUAL_CONTROL 243 x:i16 y:i16 z:i16 r:i16 buttons:u16 target:u8 + buttons2:u16 enabled_extensions:u8 s:i16 t:i16 aux1:i16 aux2:i16 aux3:i16 aux4:i16 aux5:i16 aux6:i16
70 RC_CHANNELS_OVERRIDE 124 chan1_raw:u16 chan2_raw:u16 chan3_raw:u16 chan4_raw:u16 chan5_raw:u16 chan6_raw:u16 chan7_raw:u16 chan8_raw:u16 target_system:u8 target_component:u8 + chan9_raw:u16 chan10_raw:u16 chan11_raw:u16 chan12_raw:u16 chan13_raw:u16 chan14_raw:u16 chan15_raw:u16 chan16_raw:u16 chan17_raw:u16 chan18_raw:u16
73 MISSION_ITEM_INT 38 param1:f32 param2:f32 param3:f32 param4:f32 x:i32 y:i32 z:f32 seq:u16 command:u16 target_system:u8 target_component:u8 frame:u8 current:u8 autocontinue:u8 + mission_type:u8
74 VFR_HUD 20 airspeed:f32 groundspeed:f32 alt:f32 climb:f32 heading:i16 throttle:u16
75 COMMAND_INT 158 param1:f32 param2:f32 param3:f32 param4:f32 x:i32 y:i32 z:f32 command:u16 target_system:u8 target_component:u8 frame:u8 current:u8 autocontinue:u8
76 COMMAND_LONG 152 param1:f32 param2:f32 param3:f32 param4:f32 param5:f32 param6:f32 param7:f32 command:u16 target_system:u8 target_component:u8 confirmation:u8
77 COMMAND_ACK 143 command:u16 result:u8 + progress:u8 result_param2:i32 target_system:u8 target_component:u8
80 COMMAND_CANCEL 14 command:u16 target_system:u8 target_component:u8
81 MANUAL_SETPOINT 106 time_boot_ms:u32 roll:f32 pitch:f32 yaw:f32 thrust:f32 mode_switch:u8 manual_override_switch:u8
82 SET_ATTITUDE_TARGET 49 time_boot_ms:u32 q:f32[4] body_roll_rate:f32 body_pitch_rate:f32 body_yaw_rate:f32 thrust:f32 target_system:u8 target_component:u8 type_mask:u8 + thrust_body:f32[3]
83 ATTITUDE_TARGET 22 time_boot_ms:u32 q:f32[4] body_roll_rate:f32 body_pitch_rate:f32 body_yaw_rate:f32 thrust:f32 type_mask:u8
84 SET_POSITION_TARGET_LOCAL_NED 143 time_boot_ms:u32 x:f32 y:f32 z:f32 vx:f32 vy:f32 vz:f32 afx:f32 afy:f32 afz:f32 yaw:f32 yaw_rate:f32 type_mask:u16 target_system:u8 target_component:u8 coordinate_frame:u8
85 POSITION_TARGET_LOCAL_NED 140 time_boot_ms:u32 x:f32 y:f32 z:f32 vx:f32 vy:f32 vz:f32 afx:f32 afy:f32 afz:f32 yaw:f32 yaw_rate:f32 type_mask:u16 coordinate_frame:u8
86 SET_POSITION_TARGET_GLOBAL_INT 5 time_boot_ms:u32 lat_int:i32 lon_int:i32 alt:f32 vx:f32 vy:f32 vz:f32 afx:f32 afy:f32 afz:f32 yaw:f32 yaw_rate:f32 type_mask:u16 target_system:u8 target_component:u8 coordinate_frame:u8
87 POSITION_TARGET_GLOBAL_INT 150 time_boot_ms:u32 lat_int:i32 lon_int:i32 alt:f32 vx:f32 vy:f32 vz:f32 afx:f32 afy:f32 afz:f32 yaw:f32 yaw_rate:f32 type_mask:u16 coordinate_frame:u8
89 LOCAL_POSITION_NED_SYSTEM_GLOBAL_OFFSET 231 time_boot_ms:u32 x:f32 y:f32 z:f32 roll:f32 pitch:f32 yaw:f32
90 HIL_STATE 183 time_usec:u64 roll:f32 pitch:f32 yaw:f32 rollspeed:f32 pitchspeed:f32 yawspeed:f32 lat:i32 lon:i32 alt:i32 vx:i16 vy:i16 vz:i16 xacc:i16 yacc:i16 zacc:i16
91 HIL_CONTROLS 63 time_usec:u64 roll_ailerons:f32 pitch_elevator:f32 yaw_rudder:f32 throttle:f32 aux1:f32 aux2:f32 aux3:f32 aux4:f32 mode:u8 nav_mode:u8
92 HIL_RC_INPUTS_RAW 54 time_usec:u64 chan1_raw:u16 chan2_raw:u16 chan3_raw:u16 chan4_raw:u16 chan5_raw:u16 chan6_raw:u16 chan7_raw:u16 chan8_raw:u16 chan9_raw:u16 chan10_raw:u16 chan11_raw:u16 chan12_raw:u16 rssi:u8
93 HIL_ACTUATOR_CONTROLS 47 time_usec:u64 flags:u64 controls:f32[16] mode:u8
100 OPTICAL_FLOW 175 time_usec:u64 flow_comp_m_x:f32 flow_comp_m_y:f32 ground_distance:f32 flow_x:i16 flow_y:i16 sensor_id:u8 quality:u8 + flow_rate_x:f32 flow_rate_y:f32
101 GLOBAL_VISION_POSITION_ESTIMATE 102 usec:u64 x:f32 y:f32 z:f32 roll:f32 pitch:f32 yaw:f32 + covariance:f32[21] reset_counter:u8
102 VISION_POSITION_ESTIMATE 158 usec:u64 x:f32 y:f32 z:f32 roll:f32 pitch:f32 yaw:f32 + covariance:f32[21] reset_counter:u8
103 VISION_SPEED_ESTIMATE 208 usec:u64 x:f32 y:f32 z:f32 + covariance:f32[9] reset_counter:u8
104 VICON_POSITION_ESTIMATE 56 usec:u64 x:f32 y:f32 z:f32 roll:f32 pitch:f32 yaw:f32 + covariance:f32[21]
105 HIGHRES_IMU 93 time_usec:u64 xacc:f32 yacc:f32 zacc:f32 xgyro:f32 ygyro:f32 zgyro:f32 xmag:f32 ymag:f32 zmag:f32 abs_pressure:f32 diff_pressure:f32 pressure_alt:f32 temperature:f32 fields_updated:u16 + id:u8
106 OPTICAL_FLOW_RAD 138 time_usec:u64 integration_time_us:u32 integrated_x:f32 integrated_y:f32 integrated_xgyro:f32 integrated_ygyro:f32 integrated_zgyro:f32 time_delta_distance_us:u32 distance:f32 temperature:i16 sensor_id:u8 quality:u8
107 HIL_SENSOR 108 time_usec:u64 xacc:f32 yacc:f32 zacc:f32 xgyro:f32 ygyro:f32 zgyro:f32 xmag:f32 ymag:f32 zmag:f32 abs_pressure:f32 diff_pressure:f32 pressure_alt:f32 temperature:f32 fields_updated:u32 + id:u8
108 SIM_STATE 32 q1:f32 q2:f32 q3:f32 q4:f32 roll:f32 pitch:f32 yaw:f32 xacc:f32 yacc:f32 zacc:f32 xgyro:f32 ygyro:f32 zgyro:f32 lat:f32 lon:f32 alt:f32 std_dev_horz:f32 std_dev_vert:f32 vn:f32 ve:f32 vd:f32 + lat_int:i32 lon_int:i32
109 RADIO_STATUS 185 rxerrors:u16 fixed:u16 rssi:u8 remrssi:u8 txbuf:u8 noise:u8 remnoise:u8
110 FILE_TRANSFER_PROTOCOL 84 target_network:u8 target_system:u8 target_component:u8 payload:u8[251]
111 TIMESYNC 34 tc1:i64 ts1:i64 + target_system:u8 target_component:u8
112 CAMERA_TRIGGER 174 time_usec:u64 seq:u32
113 HIL_GPS 124 time_usec:u64 lat:i32 lon:i32 alt:i32 eph:u16 epv:u16 vel:u16 vn:i16 ve:i16 vd:i16 cog:u16 fix_type:u8 satellites_visible:u8 + id:u8 yaw:u16
114 HIL_OPTICAL_FLOW 237 time_usec:u64 integration_time_us:u32 integrated_x:f32 integrated_y:f32 integrated_xgyro:f32 integrated_ygyro:f32 integrated_zgyro:f32 time_delta_distance_us:u32 distance:f32 temperature:i16 sensor_id:u8 quality:u8
115 HIL_STATE_QUATERNION 4 time_usec:u64 attitude_quaternion:f32[4] rollspeed:f32 pitchspeed:f32 yawspeed:f32 lat:i32 lon:i32 alt:i32 vx:i16 vy:i16 vz:i16 ind_airspeed:u16 true_airspeed:u16 xacc:i16 yacc:i16 zacc:i16
116 SCALED_IMU2 76 time_boot_ms:u32 xacc:i16 yacc:i16 zacc:i16 xgyro:i16 ygyro:i16 zgyro:i16 xmag:i16 ymag:i16 zmag:i16 + temperature:i16
117 LOG_REQUEST_LIST 128 start:u16 end:u16 target_system:u8 target_component:u8
118 LOG_ENTRY 56 time_utc:u32 size:u32 id:u16 num_logs:u16 last_log_num:u16
119 LOG_REQUEST_DATA 116 ofs:u32 count:u32 id:u16 target_system:u8 target_component:u8
120 LOG_DATA 134 ofs:u32 id:u16 count:u8 data:u8[90]
121 LOG_ERASE 237 target_system:u8 target_component:u8
122 LOG_REQUEST_END 203 target_system:u8 target_component:u8
123 GPS_INJECT_DATA 250 target_system:u8 target_component:u8 len:u8 data:u8[110]
124 GPS2_RAW 87 time_usec:u64 lat:i32 lon:i32 alt:i32 dgps_age:u32 eph:u16 epv:u16 vel:u16 cog:u16 fix_type:u8 satellites_visible:u8 dgps_numch:u8 + yaw:u16 alt_ellipsoid:i32 h_acc:u32 v_acc:u32 vel_acc:u32 hdg_acc:u32
125 POWER_STATUS 203 Vcc:u16 Vservo:u16 flags:u16
126 SERIAL_CONTROL 220 baudrate:u32 timeout:u16 device:u8 flags:u8 count:u8 data:u8[70] + target_system:u8 target_component:u8
127 GPS_RTK 25 time_last_baseline_ms:u32 tow:u32 baseline_a_mm:i32 baseline_b_mm:i32 baseline_c_mm:i32 accuracy:u32 iar_num_hypotheses:i32 wn:u16 rtk_receiver_id:u8 rtk_health:u8 rtk_rate:u8 nsats:u8 baseline_coords_type:u8
128 GPS2_RTK 226 time_last_baseline_ms:u32 tow:u32 baseline_a_mm:i32 baseline_b_mm:i32 baseline_c_mm:i32 accuracy:u32 iar_num_hypotheses:i32 wn:u16 rtk_receiver_id:u8 rtk_health:u8 rtk_rate:u8 nsats:u8 baseline_coords_type:u8
129 SCALED_IMU3 46 time_boot_ms:u32 xacc:i16 yacc:i16 zacc:i16 xgyro:i16 ygyro:i16 zgyro:i16 xmag:i16 ymag:i16 zmag:i16 + temperature:i16
130 DATA_TRANSMISSION_HANDSHAKE 29 size:u32 width:u16 height:u16 packets:u16 type:u8 payload:u8 jpg_quality:u8
131 ENCAPSULATED_DATA 223 seqnr:u16 data:u8[253]
132 DISTANCE_SENSOR 85 time_boot_ms:u32 min_distance:u16 max_distance:u16 current_distance:u16 type:u8 id:u8 orientation:u8 covariance:u8 + horizontal_fov:f32 vertical_fov:f32 quaternion:f32[4] signal_quality:u8
133 TERRAIN_REQUEST 6 mask:u64 lat:i32 lon:i32 grid_spacing:u16
134 TERRAIN_DATA 229 lat:i32 lon:i32 grid_spacing:u16 data:i16[16] gridbit:u8
135 TERRAIN_CHECK 203 lat:i32 lon:i32
136 TERRAIN_REPORT 1 lat:i32 lon:i32 terrain_height:f32 current_height:f32 spacing:u16 pending:u16 loaded:u16
137 SCALED_PRESSURE2 195 time_boot_ms:u32 press_abs:f32 press_diff:f32 temperature:i16 + temperature_press_diff:i16
138 ATT_POS_MOCAP 109 time_usec:u64 q:f32[4] x:f32 y:f32 z:f32 + covariance:f32[21]
139 SET_ACTUATOR_CONTROL_TARGET 168 time_usec:u64 controls:f32[8] group_mlx:u8 target_system:u8 target_component:u8
140 ACTUATOR_CONTROL_TARGET 181 time_usec:u64 controls:f32[8] group_mlx:u8
141 ALTITUDE 47 time_usec:u64 altitude_monotonic:f32 altitude_amsl:f32 altitude_local:f32 altitude_relative:f32 altitude_terrain:f32 bottom_clearance:f32
142 RESOURCE_REQUEST 72 request_id:u8 uri_type:u8 uri:u8[120] transfer_type:u8 storage:u8[120]
143 SCALED_PRESSURE3 131 time_boot_ms:u32 press_abs:f32 press_diff:f32 temperature:i16 + temperature_press_diff:i16
144 FOLLOW_TARGET 127 timestamp:u64 custom_state:u64 lat:i32 lon:i32 alt:f32 vel:f32[3] acc:f32[3] attitude_q:f32[4] rates:f32[3] position_cov:f32[3] est_capabilities:u8
146 CONTROL_SYSTEM_STATE 103 time_usec:u64 x_acc:f32 y_acc:f32 z_acc:f32 x_vel:f32 y_vel:f32 z_vel:f32 x_pos:f32 y_pos:f32 z_pos:f32 airspeed:f32 vel_variance:f32[3] pos_variance:f32[3] q:f32[4] roll_rate:f32 pitch_rate:f32 yaw_rate:f32
147 BATTERY_STATUS 154 current_consumed:i32 energy_consumed:i32 temperature:i16 voltages:u16[10] current_battery:i16 id:u8 battery_function:u8 type:u8 battery_remaining:i8 + time_remaining:i32 charge_state:u8 voltages_ext:u16[4] mode:u8 fault_bitmask:u32
148 AUTOPILOT_VERSION 178 capabilities:u64 uid:u64 flight_sw_version:u32 middleware_sw_version:u32 os_sw_version:u32 board_version:u32 vendor_id:u16 product_id:u16 flight_custom_version:u8[8] middleware_custom_version:u8[8] os_custom_version:u8[8] + uid2:u8[18]
149 LANDING_TARGET 200 time_usec:u64 angle_x:f32 angle_y:f32 distance:f32 size_x:f32 size_y:f32 target_num:u8 frame:u8 + x:f32 y:f32 z:f32 q:f32[4] type:u8 position_valid:u8
150 SENSOR_OFFSETS 134 mag_declination:f32 raw_press:i32 raw_temp:i32 gyro_cal_x:f32 gyro_cal_y:f32 gyro_cal_z:f32 accel_cal_x:f32 accel_cal_y:f32 accel_cal_z:f32 mag_ofs_x:i16 mag_ofs_y:i16 mag_ofs_z:i16
151 SET_MAG_OFFSETS 219 mag_ofs_x:i16 mag_ofs_y:i16 mag_ofs_z:i16 target_system:u8 target_component:u8
152 MEMINFO 208 brkval:u16 freemem:u16 + freemem32:u32
153 AP_ADC 188 adc1:u16 adc2:u16 adc3:u16 adc4:u16 adc5:u16 adc6:u16
154 DIGICAM_CONFIGURE 84 extra_value:f32 shutter_speed:u16 target_system:u8 target_component:u8 mode:u8 aperture:u8 iso:u8 exposure_type:u8 command_id:u8 engine_cut_off:u8 extra_param:u8
155 DIGICAM_CONTROL 22 extra_value:f32 target_system:u8 target_component:u8 session:u8 zoom_pos:u8 zoom_step:i8 focus_lock:u8 shot:u8 command_id:u8 extra_param:u8
156 MOUNT_CONFIGURE 19 target_system:u8 target_component:u8 mount_mode:u8 stab_roll:u8 stab_pitch:u8 stab_yaw:u8
157 MOUNT_CONTROL 21 input_a:i32 input_b:i32 input_c:i32 target_system:u8 target_component:u8 save_position:u8
158 MOUNT_STATUS 134 pointing_a:i32 pointing_b:i32 pointing_c:i32 target_system:u8 target_component:u8 + mount_mode:u8
160 FENCE_POINT 78 lat:f32 lng:f32 target_system:u8 target_component:u8 idx:u8 count:u8
161 FENCE_FETCH_POINT 68 target_system:u8 target_component:u8 idx:u8
162 FENCE_STATUS 189 breach_time:u32 breach_count:u16 breach_status:u8 breach_type:u8 + breach_mitigation:u8
163 AHRS 127 omegaIx:f32 omegaIy:f32 omegaIz:f32 accel_weight:f32 renorm_val:f32 error_rp:f32 error_yaw:f32
164 SIMSTATE 154 roll:f32 pitch:f32 yaw:f32 xacc:f32 yacc:f32 zacc:f32 xgyro:f32 ygyro:f32 zgyro:f32 lat:i32 lng:i32
165 HWSTATUS 21 Vcc:u16 I2Cerr:u8
166 RADIO 21 rxerrors:u16 fixed:u16 rssi:u8 remrssi:u8 txbuf:u8 noise:u8 remnoise:u8
167 LIMITS_STATUS 144 last_trigger:u32 last_action:u32 last_recovery:u32 last_clear:u32 breach_count:u16 limits_state:u8 mods_enabled:u8 mods_required:u8 mods_triggered:u8
168 WIND 1 direction:f32 speed:f32 speed_z:f32
169 DATA16 234 type:u8 len:u8 data:u8[16]
170 DATA32 73 type:u8 len:u8 data:u8[32]
171 DATA64 181 type:u8 len:u8 data:u8[64]
172 DATA96 22 type:u8 len:u8 data:u8[96]
173 RANGEFINDER 83 distance:f32 voltage:f32
174 AIRSPEED_AUTOCAL 167 vx:f32 vy:f32 vz:f32 diff_pressure:f32 EAS2TAS:f32 ratio:f32 state_x:f32 state_y:f32 state_z:f32 Pax:f32 Pby:f32 Pcz:f32
175 RALLY_POINT 138 lat:i32 lng:i32 alt:i16 break_alt:i16 land_dir:u16 target_system:u8 target_component:u8 idx:u8 count:u8 flags:u8
176 RALLY_FETCH_POINT 234 target_system:u8 target_component:u8 idx:u8
177 COMPASSMOT_STATUS 240 current:f32 CompensationX:f32 CompensationY:f32 CompensationZ:f32 throttle:u16 interference:u16
178 AHRS2 47 roll:f32 pitch:f32 yaw:f32 altitude:f32 lat:i32 lng:i32
179 CAMERA_STATUS 189 time_usec:u64 p1:f32 p2:f32 p3:f32 p4:f32 img_idx:u16 target_system:u8 cam_idx:u8 event_id:u8
180 CAMERA_FEEDBACK 52 time_usec:u64 lat:i32 lng:i32 alt_msl:f32 alt_rel:f32 roll:f32 pitch:f32 yaw:f32 foc_len:f32 img_idx:u16 target_system:u8 cam_idx:u8 flags:u8 + completed_captures:u16
181 BATTERY2 174 voltage:u16 current_battery:i16
182 AHRS3 229 roll:f32 pitch:f32 yaw:f32 altitude:f32 lat:i32 lng:i32 v1:f32 v2:f32 v3:f32 v4:f32
183 AUTOPILOT_VERSION_REQUEST 85 target_system:u8 target_component:u8
184 REMOTE_LOG_DATA_BLOCK 159 seqno:u32 target_system:u8 target_component:u8 data:u8[200]
185 REMOTE_LOG_BLOCK_STATUS 186 seqno:u32 target_system:u8 target_component:u8 status:u8
186 LED_CONTROL 72 target_system:u8 target_component:u8 instance:u8 pattern:u8 custom_len:u8 custom_bytes:u8[24]
191 MAG_CAL_PROGRESS 92 direction_x:f32 direction_y:f32 direction_z:f32 compass_id:u8 cal_mask:u8 cal_status:u8 attempt:u8 completion_pct:u8 completion_mask:u8[10]
192 MAG_CAL_REPORT 36 fitness:f32 ofs_x:f32 ofs_y:f32 ofs_z:f32 diag_x:f32 diag_y:f32 diag_z:f32 offdiag_x:f32 offdiag_y:f32 offdiag_z:f32 compass_id:u8 cal_mask:u8 cal_status:u8 autosaved:u8 + orientation_confidence:f32 old_orientation:u8 new_orientation:u8 scale_factor:f32
193 EKF_STATUS_REPORT 71 velocity_variance:f32 pos_horiz_variance:f32 pos_vert_variance:f32 compass_variance:f32 terrain_alt_variance:f32 flags:u16 + airspeed_variance:f32
194 PID_TUNING 98 desired:f32 achieved:f32 FF:f32 P:f32 I:f32 D:f32 axis:u8 + SRate:f32 PDmod:f32
195 DEEPSTALL 120 landing_lat:i32 landing_lon:i32 path_lat:i32 path_lon:i32 arc_entry_lat:i32 arc_entry_lon:i32 altitude:f32 expected_travel_distance:f32 cross_track_error:f32 stage:u8
200 GIMBAL_REPORT 134 delta_time:f32 delta_angle_x:f32 delta_angle_y:f32 delta_angle_z:f32 delta_velocity_x:f32 delta_velocity_y:f32 delta_velocity_z:f32 joint_roll:f32 joint_el:f32 joint_az:f32 target_system:u8 target_component:u8
201 GIMBAL_CONTROL 205 demanded_rate_x:f32 demanded_rate_y:f32 demanded_rate_z:f32 target_system:u8 target_component:u8
214 GIMBAL_TORQUE_CMD_REPORT 69 rl_torque_cmd:i16 el_torque_cmd:i16 az_torque_cmd:i16 target_system:u8 target_component:u8
215 GOPRO_HEARTBEAT 101 status:u8 capture_mode:u8 flags:u8
216 GOPRO_GET_REQUEST 50 target_system:u8 target_component:u8 cmd_id:u8
217 GOPRO_GET_RESPONSE 202 cmd_id:u8 status:u8 value:u8[4]
218 GOPRO_SET_REQUEST 17 target_system:u8 target_component:u8 cmd_id:u8 value:u8[4]
219 GOPRO_SET_RESPONSE 162 cmd_id:u8 status:u8
225 EFI_STATUS 208 ecu_index:f32 rpm:f32 fuel_consumed:f32 fuel_flow:f32 engine_load:f32 throttle_position:f32 spark_dwell_time:f32 barometric_pressure:f32 intake_manifold_pressure:f32 intake_manifold_temperature:f32 cylinder_head_temperature:f32 ignition_timing:f32 injection_time:f32 exhaust_gas_temperature:f32 throttle_out:f32 pt_compensation:f32 health:u8 + ignition_voltage:f32 fuel_pressure:f32
226 RPM 207 rpm1:f32 rpm2:f32
230 ESTIMATOR_STATUS 163 time_usec:u64 vel_ratio:f32 pos_horiz_ratio:f32 pos_vert_ratio:f32 mag_ratio:f32 hagl_ratio:f32 tas_ratio:f32 pos_horiz_accuracy:f32 pos_vert_accuracy:f32 flags:u16
231 WIND_COV 105 time_usec:u64 wind_x:f32 wind_y:f32 wind_z:f32 var_horiz:f32 var_vert:f32 wind_alt:f32 horiz_accuracy:f32 vert_accuracy:f32
232 GPS_INPUT 151 time_usec:u64 time_week_ms:u32 lat:i32 lon:i32 alt:f32 hdop:f32 vdop:f32 vn:f32 ve:f32 vd:f32 speed_accuracy:f32 horiz_accuracy:f32 vert_accuracy:f32 ignore_flags:u16 time_week:u16 gps_id:u8 fix_type:u8 satellites_visible:u8 + yaw:u16
233 GPS_RTCM_DATA 35 flags:u8 len:u8 data:u8[180]
234 HIGH_LATENCY 150 custom_mode:u32 latitude:i32 longitude:i32 roll:i16 pitch:i16 heading:u16 heading_sp:i16 altitude_amsl:i16 altitude_sp:i16 wp_distance:u16 base_mode:u8 landed_state:u8 throttle:i8 airspeed:u8 airspeed_sp:u8 groundspeed:u8 climb_rate:i8 gps_nsat:u8 gps_fix_type:u8 battery_remaining:u8 temperature:i8 temperature_air:i8 failsafe:u8 wp_num:u8
235 HIGH_LATENCY2 179 timestamp:u32 latitude:i32 longitude:i32 custom_mode:u16 altitude:i16 target_altitude:i16 target_distance:u16 wp_num:u16 failure_flags:u16 type:u8 autopilot:u8 heading:u8 target_heading:u8 throttle:u8 airspeed:u8 airspeed_sp:u8 groundspeed:u8 windspeed:u8 wind_heading:u8 eph:u8 epv:u8 temperature_air:i8 climb_rate:i8 battery:i8 custom0:i8 custom1:i8 custom2:i8
241 VIBRATION 90 time_usec:u64 vibration_x:f32 vibration_y:f32 vibration_z:f32 clipping_0:u32 clipping_1:u32 clipping_2:u32
242 HOME_POSITION 104 latitude:i32 longitude:i32 altitude:i32 x:f32 y:f32 z:f32 q:f32[4] approach_x:f32 approach_y:f32 approach_z:f32 + time_usec:u64
243 SET_HOME_POSITION 85 latitude:i32 longitude:i32 altitude:i32 x:f32 y:f32 z:f32 q:f32[4] approach_x:f32 approach_y:f32 approach_z:f32 target_system:u8 + time_usec:u64
244 MESSAGE_INTERVAL 95 interval_us:i32 message_id:u16
245 EXTENDED_SYS_STATE 130 vtol_state:u8 landed_state:u8
246 ADSB_VEHICLE 184 ICAO_address:u32 lat:i32 lon:i32 altitude:i32 heading:u16 hor_velocity:u16 ver_velocity:i16 flags:u16 squawk:u16 altitude_type:u8 callsign:char[9] emitter_type:u8 tslc:u8
247 COLLISION 81 id:u32 time_to_minimum_delta:f32 altitude_minimum_delta:f32 horizontal_minimum_delta:f32 src:u8 action:u8 threat_level:u8
248 V2_EXTENSION 8 message_type:u16 target_network:u8 target_system:u8 target_component:u8 payload:u8[249]
249 MEMORY_VECT 204 address:u16 ver:u8 type:u8 value:i8[32]
250 DEBUG_VECT 49 time_usec:u64 x:f32 y:f32 z:f32 name:char[10]
251 NAMED_VALUE_FLOAT 170 time_boot_ms:u32 value:f32 name:char[10]
252 NAMED_VALUE_INT 44 time_boot_ms:u32 value:i32 name:char[10]
253 STATUSTEXT 83 severity:u8 text:char[50] + id:u16 chunk_seq:u8
254 DEBUG 46 time_boot_ms:u32 value:f32 ind:u8
256 SETUP_SIGNING 71 initial_timestamp:u64 target_system:u8 target_component:u8 secret_key:u8[32]
257 BUTTON_CHANGE 131 time_boot_ms:u32 last_change_ms:u32 state:u8
258 PLAY_TUNE 187 target_system:u8 target_component:u8 tune:char[30] + tune2:char[200]
259 CAMERA_INFORMATION 92 time_boot_ms:u32 firmware_version:u32 focal_length:f32 sensor_size_h:f32 sensor_size_v:f32 flags:u32 resolution_h:u16 resolution_v:u16 cam_definition_version:u16 vendor_name:u8[32] model_name:u8[32] lens_id:u8 cam_definition_uri:char[140] + gimbal_device_id:u8 camera_device_id:u8
260 CAMERA_SETTINGS 146 time_boot_ms:u32 mode_id:u8 + zoomLevel:f32 focusLevel:f32 camera_device_id:u8
261 STORAGE_INFORMATION 179 time_boot_ms:u32 total_capacity:f32 used_capacity:f32 available_capacity:f32 read_speed:f32 write_speed:f32 storage_id:u8 storage_count:u8 status:u8 + type:u8 name:char[32] storage_usage:u8
262 CAMERA_CAPTURE_STATUS 12 time_boot_ms:u32 image_interval:f32 recording_time_ms:u32 available_capacity:f32 image_status:u8 video_status:u8 + image_count:i32 camera_device_id:u8
263 CAMERA_IMAGE_CAPTURED 133 time_utc:u64 time_boot_ms:u32 lat:i32 lon:i32 alt:i32 relative_alt:i32 q:f32[4] image_index:i32 camera_id:u8 capture_result:i8 file_url:char[205]
264 FLIGHT_INFORMATION 49 arming_time_utc:u64 takeoff_time_utc:u64 flight_uuid:u64 time_boot_ms:u32 + landing_time:u32
265 MOUNT_ORIENTATION 26 time_boot_ms:u32 roll:f32 pitch:f32 yaw:f32 + yaw_absolute:f32
266 LOGGING_DATA 193 sequence:u16 target_system:u8 target_component:u8 length:u8 first_message_offset:u8 data:u8[249]
267 LOGGING_DATA_ACKED 35 sequence:u16 target_system:u8 target_component:u8 length:u8 first_message_offset:u8 data:u8[249]
268 LOGGING_ACK 14 sequence:u16 target_system:u8 target_component:u8
269 VIDEO_STREAM_INFORMATION 109 framerate:f32 bitrate:u32 flags:u16 resolution_h:u16 resolution_v:u16 rotation:u16 hfov:u16 stream_id:u8 count:u8 type:u8 name:char[32] uri:char[160] + encoding:u8 camera_device_id:u8
270 VIDEO_STREAM_STATUS 59 framerate:f32 bitrate:u32 flags:u16 resolution_h:u16 resolution_v:u16 rotation:u16 hfov:u16 stream_id:u8 + camera_device_id:u8
271 CAMERA_FOV_STATUS 22 time_boot_ms:u32 lat_camera:i32 lon_camera:i32 alt_camera:i32 lat_image:i32 lon_image:i32 alt_image:i32 q:f32[4] hfov:f32 vfov:f32 + camera_device_id:u8
275 CAMERA_TRACKING_IMAGE_STATUS 126 point_x:f32 point_y:f32 radius:f32 rec_top_x:f32 rec_top_y:f32 rec_bottom_x:f32 rec_bottom_y:f32 tracking_status:u8 tracking_mode:u8 target_data:u8 + camera_device_id:u8
276 CAMERA_TRACKING_GEO_STATUS 18 lat:i32 lon:i32 alt:f32 h_acc:f32 v_acc:f32 vel_n:f32 vel_e:f32 vel_d:f32 vel_acc:f32 dist:f32 hdg:f32 hdg_acc:f32 tracking_status:u8 + camera_device_id:u8
277 CAMERA_THERMAL_RANGE 62 time_boot_ms:u32 max:f32 max_point_x:f32 max_point_y:f32 min:f32 min_point_x:f32 min_point_y:f32 stream_id:u8 camera_device_id:u8
280 GIMBAL_MANAGER_INFORMATION 70 time_boot_ms:u32 cap_flags:u32 roll_min:f32 roll_max:f32 pitch_min:f32 pitch_max:f32 yaw_min:f32 yaw_max:f32 gimbal_device_id:u8
281 GIMBAL_MANAGER_STATUS 48 time_boot_ms:u32 flags:u32 gimbal_device_id:u8 primary_control_sysid:u8 primary_control_compid:u8 secondary_control_sysid:u8 secondary_control_compid:u8
282 GIMBAL_MANAGER_SET_ATTITUDE 123 flags:u32 q:f32[4] angular_velocity_x:f32 angular_velocity_y:f32 angular_velocity_z:f32 target_system:u8 target_component:u8 gimbal_device_id:u8
283 GIMBAL_DEVICE_INFORMATION 74 uid:u64 time_boot_ms:u32 firmware_version:u32 hardware_version:u32 roll_min:f32 roll_max:f32 pitch_min:f32 pitch_max:f32 yaw_min:f32 yaw_max:f32 cap_flags:u16 custom_cap_flags:u16 vendor_name:char[32] model_name:char[32] custom_name:char[32] + gimbal_device_id:u8
284 GIMBAL_DEVICE_SET_ATTITUDE 99 q:f32[4] angular_velocity_x:f32 angular_velocity_y:f32 angular_velocity_z:f32 flags:u16 target_system:u8 target_component:u8
285 GIMBAL_DEVICE_ATTITUDE_STATUS 137 time_boot_ms:u32 q:f32[4] angular_velocity_x:f32 angular_velocity_y:f32 angular_velocity_z:f32 failure_flags:u32 flags:u16 target_system:u8 target_component:u8 + delta_yaw:f32 delta_yaw_velocity:f32 gimbal_device_id:u8
286 AUTOPILOT_STATE_FOR_GIMBAL_DEVICE 210 time_boot_us:u64 q:f32[4] q_estimated_delay_us:u32 vx:f32 vy:f32 vz:f32 v_estimated_delay_us:u32 feed_forward_angular_velocity_z:f32 estimator_status:u16 target_system:u8 target_component:u8 landed_state:u8 + angular_velocity_z:f32
287 GIMBAL_MANAGER_SET_PITCHYAW 1 flags:u32 pitch:f32 yaw:f32 pitch_rate:f32 yaw_rate:f32 target_system:u8 target_component:u8 gimbal_device_id:u8
288 GIMBAL_MANAGER_SET_MANUAL_CONTROL 20 flags:u32 pitch:f32 yaw:f32 pitch_rate:f32 yaw_rate:f32 target_system:u8 target_component:u8 gimbal_device_id:u8
290 ESC_INFO 251 time_usec:u64 error_count:u32[4] counter:u16 failure_flags:u16[4] temperature:i16[4] index:u8 count:u8 connection_type:u8 info:u8
291 ESC_STATUS 10 time_usec:u64 rpm:i32[4] voltage:f32[4] current:f32[4] index:u8
295 AIRSPEED 234 airspeed:f32 raw_press:f32 temperature:i16 id:u8 flags:u8
299 WIFI_CONFIG_AP 19 ssid:char[32] password:char[64] + mode:i8 response:i8
300 PROTOCOL_VERSION 217 version:u16 min_version:u16 max_version:u16 spec_version_hash:u8[8] library_version_hash:u8[8]
301 AIS_VESSEL 243 MMSI:u32 lat:i32 lon:i32 COG:u16 heading:u16 velocity:u16 dimension_bow:u16 dimension_stern:u16 tslc:u16 flags:u16 turn_rate:i8 navigational_status:u8 type:u8 dimension_port:u8 dimension_starboard:u8 callsign:char[7] name:char[20]
310 UAVCAN_NODE_STATUS 28 time_usec:u64 uptime_sec:u32 vendor_specific_status_code:u16 health:u8 mode:u8 sub_mode:u8
311 UAVCAN_NODE_INFO 95 time_usec:u64 uptime_sec:u32 sw_vcs_commit:u32 name:char[80] hw_version_major:u8 hw_version_minor:u8 hw_unique_id:u8[16] sw_version_major:u8 sw_version_minor:u8
320 PARAM_EXT_REQUEST_READ 243 param_index:i16 target_system:u8 target_component:u8 param_id:char[16]
321 PARAM_EXT_REQUEST_LIST 88 target_system:u8 target_component:u8
322 PARAM_EXT_VALUE 243 param_count:u16 param_index:u16 param_id:char[16] param_value:char[128] param_type:u8
323 PARAM_EXT_SET 78 target_system:u8 target_component:u8 param_id:char[16] param_value:char[128] param_type:u8
324 PARAM_EXT_ACK 132 param_id:char[16] param_value:char[128] param_type:u8 param_result:u8
330 OBSTACLE_DISTANCE 23 time_usec:u64 distances:u16[72] min_distance:u16 max_distance:u16 sensor_type:u8 increment:u8 + increment_f:f32 angle_offset:f32 frame:u8
331 ODOMETRY 91 time_usec:u64 x:f32 y:f32 z:f32 q:f32[4] vx:f32 vy:f32 vz:f32 rollspeed:f32 pitchspeed:f32 yawspeed:f32 pose_covariance:f32[21] velocity_covariance:f32[21] frame_id:u8 child_frame_id:u8 + reset_counter:u8 estimator_type:u8 quality:i8
332 TRAJECTORY_REPRESENTATION_WAYPOINTS 236 time_usec:u64 pos_x:f32[5] pos_y:f32[5] pos_z:f32[5] vel_x:f32[5] vel_y:f32[5] vel_z:f32[5] acc_x:f32[5] acc_y:f32[5] acc_z:f32[5] pos_yaw:f32[5] vel_yaw:f32[5] command:u16[5] valid_points:u8
333 TRAJECTORY_REPRESENTATION_BEZIER 231 time_usec:u64 pos_x:f32[5] pos_y:f32[5] pos_z:f32[5] delta:f32[5] pos_yaw:f32[5] valid_points:u8
334 CELLULAR_STATUS 72 mcc:u16 mnc:u16 lac:u16 status:u8 failure_reason:u8 type:u8 quality:u8
335 ISBD_LINK_STATUS 225 timestamp:u64 last_heartbeat:u64 failed_sessions:u16 successful_sessions:u16 signal_quality:u8 ring_pending:u8 tx_session_pending:u8 rx_session_pending:u8
336 CELLULAR_CONFIG 245 enable_lte:u8 enable_pin:u8 pin:char[16] new_pin:char[16] apn:char[32] puk:char[16] roaming:u8 response:u8
339 RAW_RPM 199 frequency:f32 index:u8
340 UTM_GLOBAL_POSITION 99 time:u64 lat:i32 lon:i32 alt:i32 relative_alt:i32 next_lat:i32 next_lon:i32 next_alt:i32 vx:i16 vy:i16 vz:i16 h_acc:u16 v_acc:u16 vel_acc:u16 update_rate:u16 uas_id:u8[18] flight_state:u8 flags:u8
350 DEBUG_FLOAT_ARRAY 232 time_usec:u64 array_id:u16 name:char[10] + data:f32[58]
360 ORBIT_EXECUTION_STATUS 11 time_usec:u64 radius:f32 x:i32 y:i32 z:f32 frame:u8
361 FIGURE_EIGHT_EXECUTION_STATUS 93 time_usec:u64 major_radius:f32 minor_radius:f32 orientation:f32 x:i32 y:i32 z:f32 frame:u8
370 SMART_BATTERY_INFO 75 capacity_full_specification:i32 capacity_full:i32 cycle_count:u16 weight:u16 discharge_minimum_voltage:u16 charging_minimum_voltage:u16 resting_minimum_voltage:u16 id:u8 battery_function:u8 type:u8 serial_number:char[16] device_name:char[50] + charging_maximum_voltage:u16 cells_in_series:u8 discharge_maximum_current:u32 discharge_maximum_burst_current:u32 manufacture_date:char[11]
371 FUEL_STATUS 10 maximum_fuel:f32 consumed_fuel:f32 remaining_fuel:f32 flow_rate:f32 temperature:f32 fuel_type:u32 id:u8 percent_remaining:u8
372 BATTERY_INFO 26 discharge_minimum_voltage:f32 charging_minimum_voltage:f32 resting_minimum_voltage:f32 charging_maximum_voltage:f32 charging_maximum_current:f32 nominal_voltage:f32 discharge_maximum_current:f32 discharge_maximum_burst_current:f32 design_capacity:f32 full_charge_capacity:f32 cycle_count:u16 weight:u16 id:u8 battery_function:u8 type:u8 state_of_health:u8 cells_in_series:u8 manufacture_date:char[9] serial_number:char[32] name:char[50]
373 GENERATOR_STATUS 117 status:u64 battery_current:f32 load_current:f32 power_generated:f32 bus_voltage:f32 bat_current_setpoint:f32 runtime:u32 time_until_maintenance:i32 generator_speed:u16 rectifier_temperature:i16 generator_temperature:i16
375 ACTUATOR_OUTPUT_STATUS 251 time_usec:u64 active:u32 actuator:f32[32]
376 RELAY_STATUS 199 time_boot_ms:u32 on:u16 present:u16
380 TIME_ESTIMATE_TO_TARGET 232 safe_return:i32 land:i32 mission_next_item:i32 mission_end:i32 commanded_action:i32
385 TUNNEL 147 payload_type:u16 target_system:u8 target_component:u8 payload_length:u8 payload:u8[128]
386 CAN_FRAME 132 id:u32 target_system:u8 target_component:u8 bus:u8 len:u8 data:u8[8]
387 CANFD_FRAME 4 id:u32 target_system:u8 target_component:u8 bus:u8 len:u8 data:u8[64]
388 CAN_FILTER_MODIFY 8 ids:u16[16] target_system:u8 target_component:u8 bus:u8 operation:u8 num_ids:u8
390 ONBOARD_COMPUTER_STATUS 156 time_usec:u64 uptime:u32 ram_usage:u32 ram_total:u32 storage_type:u32[4] storage_usage:u32[4] storage_total:u32[4] link_type:u32[6] link_tx_rate:u32[6] link_rx_rate:u32[6] link_tx_max:u32[6] link_rx_max:u32[6] fan_speed:i16[4] type:u8 cpu_cores:u8[8] cpu_combined:u8[10] gpu_cores:u8[4] gpu_combined:u8[10] temperature_board:i8 temperature_core:i8[8]
395 COMPONENT_INFORMATION 0 time_boot_ms:u32 general_metadata_file_crc:u32 peripherals_metadata_file_crc:u32 general_metadata_uri:char[100] peripherals_metadata_uri:char[100]
396 COMPONENT_INFORMATION_BASIC 50 capabilities:u64 time_boot_ms:u32 time_manufacture_s:u32 vendor_name:char[32] model_name:char[32] software_version:char[24] hardware_version:char[24] serial_number:char[32]
397 COMPONENT_METADATA 182 time_boot_ms:u32 file_crc:u32 uri:char[100]
400 PLAY_TUNE_V2 110 format:u32 target_system:u8 target_component:u8 tune:char[248]
401 SUPPORTED_TUNES 183 format:u32 target_system:u8 target_component:u8
410 EVENT 160 id:u32 event_time_boot_ms:u32 sequence:u16 destination_component:u8 destination_system:u8 log_levels:u8 arguments:u8[40]
411 CURRENT_EVENT_SEQUENCE 106 sequence:u16 flags:u8
412 REQUEST_EVENT 33 first_sequence:u16 last_sequence:u16 target_system:u8 target_component:u8
413 RESPONSE_EVENT_ERROR 77 sequence:u16 sequence_oldest_available:u16 target_system:u8 target_component:u8 reason:u8
435 AVAILABLE_MODES 134 custom_mode:u32 properties:u32 number_modes:u8 mode_index:u8 standard_mode:u8 mode_name:char[35]
436 CURRENT_MODE 193 custom_mode:u32 intended_custom_mode:u32 standard_mode:u8
437 AVAILABLE_MODES_MONITOR 30 seq:u8
440 ILLUMINATOR_STATUS 66 uptime_ms:u32 error_status:u32 brightness:f32 strobe_period:f32 strobe_duty_cycle:f32 temp_c:f32 min_strobe_period:f32 max_strobe_period:f32 enable:u8 mode_bitmask:u8 mode:u8
441 GNSS_INTEGRITY 169 system_errors:u32 raim_hfom:u16 raim_vfom:u16 id:u8 authentication_state:u8 jamming_state:u8 spoofing_state:u8 raim_state:u8 corrections_quality:u8 system_status_summary:u8 gnss_signal_quality:u8 post_processing_quality:u8
9000 WHEEL_DISTANCE 113 time_usec:u64 distance:f64[16] count:u8
9005 WINCH_STATUS 117 time_usec:u64 line_length:f32 speed:f32 tension:f32 voltage:f32 current:f32 status:u32 temperature:i16
10001 UAVIONIX_ADSB_OUT_CFG 209 ICAO:u32 stallSpeed:u16 callsign:char[9] emitterType:u8 aircraftSize:u8 gpsOffsetLat:u8 gpsOffsetLon:u8 rfSelect:u8
10002 UAVIONIX_ADSB_OUT_DYNAMIC 186 utcTime:u32 gpsLat:i32 gpsLon:i32 gpsAlt:i32 baroAltMSL:i32 accuracyHor:u32 accuracyVert:u16 accuracyVel:u16 velVert:i16 velNS:i16 VelEW:i16 state:u16 squawk:u16 gpsFix:u8 numSats:u8 emergencyStatus:u8
10003 UAVIONIX_ADSB_TRANSCEIVER_HEALTH_REPORT 4 rfHealth:u8
10004 UAVIONIX_ADSB_OUT_CFG_REGISTRATION 133 registration:char[9]
10005 UAVIONIX_ADSB_OUT_CFG_FLIGHTID 103 flight_id:char[9]
10006 UAVIONIX_ADSB_GET 193 ReqMessageId:u32
10007 UAVIONIX_ADSB_OUT_CONTROL 71 baroAltMSL:i32 squawk:u16 state:u8 emergencyStatus:u8 flight_id:char[8] x_bit:u8
10008 UAVIONIX_ADSB_OUT_STATUS 240 squawk:u16 state:u8 NIC_NACp:u8 boardTemp:u8 fault:u8 flight_id:char[8]
10151 LOWEHEISER_GOV_EFI 195 volt_batt:f32 curr_batt:f32 curr_gen:f32 curr_rot:f32 fuel_level:f32 throttle:f32 runtime:u32 until_maintenance:i32 rectifier_temp:f32 generator_temp:f32 efi_batt:f32 efi_rpm:f32 efi_pw:f32 efi_fuel_flow:f32 efi_fuel_consumed:f32 efi_baro:f32 efi_mat:f32 efi_clt:f32 efi_tps:f32 efi_exhaust_gas_temperature:f32 generator_status:u16 efi_status:u16 efi_index:u8
11000 DEVICE_OP_READ 134 request_id:u32 target_system:u8 target_component:u8 bustype:u8 bus:u8 address:u8 busname:char[40] regstart:u8 count:u8 + bank:u8
11001 DEVICE_OP_READ_REPLY 15 request_id:u32 result:u8 regstart:u8 count:u8 data:u8[128] + bank:u8
11002 DEVICE_OP_WRITE 234 request_id:u32 target_system:u8 target_component:u8 bustype:u8 bus:u8 address:u8 busname:char[40] regstart:u8 count:u8 data:u8[128] + bank:u8
11003 DEVICE_OP_WRITE_REPLY 64 request_id:u32 result:u8
11004 SECURE_COMMAND 11 sequence:u32 operation:u32 target_system:u8 target_component:u8 data_length:u8 sig_length:u8 data:u8[220]
11005 SECURE_COMMAND_REPLY 93 sequence:u32 operation:u32 result:u8 data_length:u8 data:u8[220]
11010 ADAP_TUNING 46 desired:f32 achieved:f32 error:f32 theta:f32 omega:f32 sigma:f32 theta_dot:f32 omega_dot:f32 sigma_dot:f32 f:f32 f_dot:f32 u:f32 axis:u8
11011 VISION_POSITION_DELTA 106 time_usec:u64 time_delta_usec:u64 angle_delta:f32[3] position_delta:f32[3] confidence:f32
11020 AOA_SSA 205 time_usec:u64 AOA:f32 SSA:f32
11030 ESC_TELEMETRY_1_TO_4 144 voltage:u16[4] current:u16[4] totalcurrent:u16[4] rpm:u16[4] count:u16[4] temperature:u8[4]
11031 ESC_TELEMETRY_5_TO_8 133 voltage:u16[4] current:u16[4] totalcurrent:u16[4] rpm:u16[4] count:u16[4] temperature:u8[4]
11032 ESC_TELEMETRY_9_TO_12 85 voltage:u16[4] current:u16[4] totalcurrent:u16[4] rpm:u16[4] count:u16[4] temperature:u8[4]
11033 OSD_PARAM_CONFIG 195 request_id:u32 min_value:f32 max_value:f32 increment:f32 target_system:u8 target_component:u8 osd_screen:u8 osd_index:u8 param_id:char[16] config_type:u8
11034 OSD_PARAM_CONFIG_REPLY 79 request_id:u32 result:u8
11035 OSD_PARAM_SHOW_CONFIG 128 request_id:u32 target_system:u8 target_component:u8 osd_screen:u8 osd_index:u8
11036 OSD_PARAM_SHOW_CONFIG_REPLY 177 request_id:u32 min_value:f32 max_value:f32 increment:f32 result:u8 param_id:char[16] config_type:u8
11037 OBSTACLE_DISTANCE_3D 130 time_boot_ms:u32 x:f32 y:f32 z:f32 min_distance:f32 max_distance:f32 obstacle_id:u16 sensor_type:u8 frame:u8
11038 WATER_DEPTH 47 time_boot_ms:u32 lat:i32 lng:i32 alt:f32 roll:f32 pitch:f32 yaw:f32 distance:f32 temperature:f32 id:u8 healthy:u8
11039 MCU_STATUS 142 MCU_temperature:i16 MCU_voltage:u16 MCU_voltage_min:u16 MCU_voltage_max:u16 id:u8
11040 ESC_TELEMETRY_13_TO_16 132 voltage:u16[4] current:u16[4] totalcurrent:u16[4] rpm:u16[4] count:u16[4] temperature:u8[4]
11041 ESC_TELEMETRY_17_TO_20 208 voltage:u16[4] current:u16[4] totalcurrent:u16[4] rpm:u16[4] count:u16[4] temperature:u8[4]
11042 ESC_TELEMETRY_21_TO_24 201 voltage:u16[4] current:u16[4] totalcurrent:u16[4] rpm:u16[4] count:u16[4] temperature:u8[4]
11043 ESC_TELEMETRY_25_TO_28 193 voltage:u16[4] current:u16[4] totalcurrent:u16[4] rpm:u16[4] count:u16[4] temperature:u8[4]
11044 ESC_TELEMETRY_29_TO_32 189 voltage:u16[4] current:u16[4] totalcurrent:u16[4] rpm:u16[4] count:u16[4] temperature:u8[4]
12900 OPEN_DRONE_ID_BASIC_ID 114 target_system:u8 target_component:u8 id_or_mac:u8[20] id_type:u8 ua_type:u8 uas_id:u8[20]
12901 OPEN_DRONE_ID_LOCATION 254 latitude:i32 longitude:i32 altitude_barometric:f32 altitude_geodetic:f32 height:f32 timestamp:f32 direction:u16 speed_horizontal:u16 speed_vertical:i16 target_system:u8 target_component:u8 id_or_mac:u8[20] status:u8 height_reference:u8 horizontal_accuracy:u8 vertical_accuracy:u8 barometer_accuracy:u8 speed_accuracy:u8 timestamp_accuracy:u8
12902 OPEN_DRONE_ID_AUTHENTICATION 140 timestamp:u32 target_system:u8 target_component:u8 id_or_mac:u8[20] authentication_type:u8 data_page:u8 last_page_index:u8 length:u8 authentication_data:u8[23]
12903 OPEN_DRONE_ID_SELF_ID 249 target_system:u8 target_component:u8 id_or_mac:u8[20] description_type:u8 description:char[23]
12904 OPEN_DRONE_ID_SYSTEM 77 operator_latitude:i32 operator_longitude:i32 area_ceiling:f32 area_floor:f32 operator_altitude_geo:f32 timestamp:u32 area_count:u16 area_radius:u16 target_system:u8 target_component:u8 id_or_mac:u8[20] operator_location_type:u8 classification_type:u8 category_eu:u8 class_eu:u8
12905 OPEN_DRONE_ID_OPERATOR_ID 49 target_system:u8 target_component:u8 id_or_mac:u8[20] operator_id_type:u8 operator_id:char[20]
12915 OPEN_DRONE_ID_MESSAGE_PACK 94 target_system:u8 target_component:u8 id_or_mac:u8[20] single_message_size:u8 msg_pack_size:u8 messages:u8[225]
12918 OPEN_DRONE_ID_ARM_STATUS 139 status:u8 error:char[50]
12919 OPEN_DRONE_ID_SYSTEM_UPDATE 7 operator_latitude:i32 operator_longitude:i32 operator_altitude_geo:f32 timestamp:u32 target_system:u8 target_component:u8
12920 HYGROMETER_SENSOR 20 temperature:i16 humidity:u16 id:u8
42000 ICAROUS_HEARTBEAT 227 status:u8
42001 ICAROUS_KINEMATIC_BANDS 239 min1:f32 max1:f32 min2:f32 max2:f32 min3:f32 max3:f32 min4:f32 max4:f32 min5:f32 max5:f32 numBands:i8 type1:u8 type2:u8 type3:u8 type4:u8 type5:u8
50001 CUBEPILOT_RAW_RC 246 rc_raw:u8[32]
50002 HERELINK_VIDEO_STREAM_INFORMATION 181 framerate:f32 bitrate:u32 resolution_h:u16 resolution_v:u16 rotation:u16 camera_id:u8 status:u8 uri:char[230]
50003 HERELINK_TELEM 62 rf_freq:u32 link_bw:u32 link_rate:u32 snr:i16 cpu_temp:i16 board_temp:i16 rssi:u8
50004 CUBEPILOT_FIRMWARE_UPDATE_START 240 size:u32 crc:u32 target_system:u8 target_component:u8
50005 CUBEPILOT_FIRMWARE_UPDATE_RESP 152 offset:u32 target_system:u8 target_component:u8
52000 AIRLINK_AUTH 13 login:char[50] password:char[50]
52001 AIRLINK_AUTH_RESPONSE 239 resp_type:u8
`;
