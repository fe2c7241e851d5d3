"""All listed stations in the formats that others read: GeoJSON, CSV, XLSX, HSDS 3; cabinets in GBFS 3."""
